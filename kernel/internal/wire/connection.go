package wire

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A Channel is one of the five sockets between a client and a kernel.
type Channel int

// The channels by the names of Jupyter, and their number.
const (
	Shell Channel = iota
	control
	Stdin
	Iopub
	Heartbeat
	Channels
)

func (c Channel) String() string {
	return [Channels]string{"shell", "control", "stdin", "iopub", "hb"}[c]
}

// A Connection is the content of the file in which a client tells a kernel
// where to connect.
type Connection struct {
	Transport string `json:"transport"` // tcp or ipc
	IP        string `json:"ip"`        // for ipc, the beginning of the sockets' paths
	Key       string `json:"key"`       // "" for unsigned messages
	Scheme    string `json:"signature_scheme"`
	Shell     int    `json:"shell_port"`
	Control   int    `json:"control_port"`
	Stdin     int    `json:"stdin_port"`
	IOPub     int    `json:"iopub_port"`
	Heartbeat int    `json:"hb_port"`
}

// ReadConnection reads a connection file. It returns an error if the file asks for a transport or
// signatures that this kernel does not support.
func ReadConnection(path string) (c Connection, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("the connection file: %w", err)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("the connection file %s: %w", path, err)
	}
	if c.Transport == "" {
		c.Transport = "tcp"
	}
	if c.Transport != "tcp" && c.Transport != "ipc" {
		return c, fmt.Errorf("the connection file %s asks for the transport %q: this kernel supports tcp and ipc", path, c.Transport)
	}
	if c.Key != "" && c.Scheme != "hmac-sha256" {
		return c, fmt.Errorf("the connection file %s asks for signatures by %q: this kernel supports hmac-sha256", path, c.Scheme)
	}
	return c, nil
}

// Write writes the file for a kernel behind this one.
func (c Connection) Write(path string) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// Address returns the address of a channel in the form of package net.
func (c Connection) Address(ch Channel) (network, address string) {
	port := strconv.Itoa([Channels]int{c.Shell, c.Control, c.Stdin, c.IOPub, c.Heartbeat}[ch])
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + port
	}
	return "tcp", net.JoinHostPort(strings.TrimPrefix(c.IP, "*"), port) // * is ZeroMQ's name for all addresses
}

// Listen serves a channel. A killed kernel may have left its socket in the
// same place: a client that restarts a kernel gives it the same address.
func (c Connection) Listen(ch Channel) (net.Listener, error) {
	network, address := c.Address(ch)
	if network == "unix" {
		if info, err := os.Lstat(address); err == nil && info.Mode().Type() == os.ModeSocket {
			os.Remove(address)
		}
	}
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("the channel %v: %w", ch, err)
	}
	if network == "unix" {
		err = os.Chmod(address, 0o600)
	}
	return l, err
}

// SocketPath is the longest path of a socket that every system accepts,
// including the terminating byte.
const SocketPath = 104

// SocketFolder returns a private folder for sockets: dir, if its path is
// short enough, or else a new one, with a link in dir by which clearKernel
// finds it.
func SocketFolder(dir string) (string, error) {
	if len(dir)+len("/g-1") < SocketPath {
		return dir, nil
	}
	short, err := os.MkdirTemp("/tmp", "liegg-")
	if err != nil {
		return "", fmt.Errorf("a folder for the kernel's sockets, since the path of %s is too long for them: %w", dir, err)
	}
	return short, os.Symlink(short, filepath.Join(dir, socketLink))
}

const socketLink = "sockets"

// RemoveSockets removes the folder that socketFolder made outside dir.
func RemoveSockets(dir string) {
	if short, err := os.Readlink(filepath.Join(dir, socketLink)); err == nil && filepath.Dir(short) == "/tmp" {
		os.RemoveAll(short)
	}
}

// Behind returns the connection to GoNB: sockets in a private folder, with
// the key of its clients.
func (c Connection) Behind(folder string) Connection {
	return Connection{Transport: "ipc", IP: filepath.Join(folder, "g"), Key: c.Key, Scheme: "hmac-sha256",
		Shell: 1, Control: 2, Stdin: 3, IOPub: 4, Heartbeat: 5}
}

// Sides returns the socket types that are allowed on the client's side of a
// channel, and the type on the kernel's side.
func (c Channel) Sides() (client []string, kernel string) {
	switch c {
	case Iopub:
		return []string{"SUB", "XSUB"}, "PUB"
	case Heartbeat:
		return []string{"REQ", "DEALER"}, "REP"
	}
	return []string{"DEALER", "REQ", "ROUTER"}, "ROUTER"
}
