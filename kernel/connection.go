package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A channel is one of the five sockets between a client and a kernel.
type channel int

const (
	shell channel = iota
	control
	stdin
	iopub
	heartbeat
	channels
)

func (c channel) String() string {
	return [channels]string{"shell", "control", "stdin", "iopub", "hb"}[c]
}

// A connection is the content of the file in which a client tells a kernel
// where to connect.
type connection struct {
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

func readConnection(path string) (c connection, err error) {
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

// write writes the file for a kernel behind this one.
func (c connection) write(path string) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// address returns the address of a channel in the form of package net.
func (c connection) address(ch channel) (network, address string) {
	port := strconv.Itoa([channels]int{c.Shell, c.Control, c.Stdin, c.IOPub, c.Heartbeat}[ch])
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + port
	}
	return "tcp", net.JoinHostPort(strings.TrimPrefix(c.IP, "*"), port) // * is ZeroMQ's name for all addresses
}

// listen serves a channel. A killed kernel may have left its socket in the
// same place: a client that restarts a kernel gives it the same address.
func (c connection) listen(ch channel) (net.Listener, error) {
	network, address := c.address(ch)
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

// socketPath is the longest path of a socket that every system accepts,
// including the terminating byte.
const socketPath = 104

// socketFolder returns a private folder for sockets: dir, if its path is
// short enough, or else a new one, with a link in dir by which clearKernel
// finds it.
func socketFolder(dir string) (string, error) {
	if len(dir)+len("/g-1") < socketPath {
		return dir, nil
	}
	short, err := os.MkdirTemp("/tmp", "liegg-")
	if err != nil {
		return "", fmt.Errorf("a folder for the kernel's sockets, since the path of %s is too long for them: %w", dir, err)
	}
	return short, os.Symlink(short, filepath.Join(dir, socketLink))
}

const socketLink = "sockets"

// removeSockets removes the folder that socketFolder made outside dir.
func removeSockets(dir string) {
	if short, err := os.Readlink(filepath.Join(dir, socketLink)); err == nil && filepath.Dir(short) == "/tmp" {
		os.RemoveAll(short)
	}
}

// behind returns the connection to GoNB: sockets in a private folder, with
// the key of its clients.
func (c connection) behind(folder string) connection {
	return connection{Transport: "ipc", IP: filepath.Join(folder, "g"), Key: c.Key, Scheme: "hmac-sha256",
		Shell: 1, Control: 2, Stdin: 3, IOPub: 4, Heartbeat: 5}
}

// sides returns the socket types that are allowed on the client's side of a
// channel, and the type on the kernel's side.
func (c channel) sides() (client []string, kernel string) {
	switch c {
	case iopub:
		return []string{"SUB", "XSUB"}, "PUB"
	case heartbeat:
		return []string{"REQ", "DEALER"}, "REP"
	}
	return []string{"DEALER", "REQ", "ROUTER"}, "ROUTER"
}
