package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
	"github.com/liegg/lab/kernel/internal/wire"
)

// A testClient is one connection to a channel of a kernel.
type testClient struct {
	wire.Buffered
	t   testing.TB
	key string
}

// meet connects to a channel and shakes hands.
func meet(t testing.TB, c wire.Connection, ch wire.Channel) testClient {
	t.Helper()
	return meetAs(t, c, ch, rand.Text())
}

func meetAs(t testing.TB, c wire.Connection, ch wire.Channel, identity string) testClient {
	t.Helper()
	conn := testClient{wire.NewBuffered(knock(t, c, ch)), t, c.Key}
	clients, _ := ch.Sides()
	if err := wire.Handshake(conn, wire.Peer{SocketType: clients[0], Identity: identity}); err != nil {
		t.Fatalf("%v: %v", ch, err)
	}
	return conn
}

// patience is how long a kernel may be silent before a test takes it for dead. It is far
// longer than any answer takes on a busy machine: GoNB alone waits half a minute for
// gopls to start.
const patience = 5 * time.Minute

// knock connects to a channel and says nothing.
func knock(t testing.TB, c wire.Connection, ch wire.Channel) net.Conn {
	t.Helper()
	network, address := c.Address(ch)
	conn, err := net.Dial(network, address)
	for deadline := time.Now().Add(30 * time.Second); err != nil && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond) // the kernel is starting
		conn, err = net.Dial(network, address)
	}
	if err != nil {
		t.Fatalf("%v: %v", ch, err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// ask sends a request and returns the content of the reply to it.
func (c testClient) ask(kind, content string) map[string]any {
	c.t.Helper()
	if err := wire.SendMessage(c, wireMessage(c.key, kind, content)); err != nil {
		c.t.Fatal(err)
	}
	m := c.next()
	if own, _ := m.Headers(); own.Type != strings.TrimSuffix(kind, "request")+"reply" {
		c.t.Fatalf("the reply to %s is %s", kind, own.Type)
	}
	return m.Fields()
}

// next is the next message that comes.
func (c testClient) next() wire.Message {
	c.t.Helper()
	c.SetDeadline(time.Now().Add(patience))
	frames, err := wire.ReadMessage(c)
	if err != nil {
		c.t.Fatal(err)
	}
	m, err := wire.ParseMessage(frames, c.key)
	if err != nil {
		c.t.Fatal(err)
	}
	return m
}

// runningKernel starts a kernel and returns where it is met.
func runningKernel(t testing.TB, p setup.Paths) wire.Connection {
	t.Helper()
	cmd := launchKernel(t, p)
	t.Cleanup(func() { cmd.Process.Signal(syscall.SIGTERM); cmd.Wait() })
	c, err := wire.ReadConnection(cmd.Args[len(cmd.Args)-1])
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// BenchmarkRoundTrip measures a request and its reply with the front between,
// and with GoNB alone.
func BenchmarkRoundTrip(b *testing.B) {
	cmd, folder := startKernel(b, ownCache(b))
	outside, err := wire.ReadConnection(cmd.Args[len(cmd.Args)-1])
	if err != nil {
		b.Fatal(err)
	}
	for name, c := range map[string]wire.Connection{"front": outside, "alone": outside.Behind(folder)} {
		b.Run(name, func(b *testing.B) {
			client := meet(b, c, wire.Shell)
			for b.Loop() {
				client.ask("kernel_info_request", "{}")
			}
		})
	}
}

// What a neighbour may say on the ports of a kernel, or a client with a fault,
// must not end it.
func TestKernelSurvivesHostileMessages(t *testing.T) {
	c := runningKernel(t, ownCache(t))
	info := meet(t, c, wire.Shell)
	spoken := func(ch wire.Channel, said ...[]byte) {
		conn := knock(t, c, ch)
		for _, text := range said {
			conn.Write(text) // the kernel may have hung up before
		}
	}
	greeted := func(ch wire.Channel, said ...[]byte) {
		spoken(ch, append([][]byte{[]byte(clientGreeting)}, said...)...)
	}
	met := func(ch wire.Channel, frames ...[]byte) { wire.SendMessage(meet(t, c, ch), frames) }
	cases := map[string]func(ch wire.Channel){
		"nothing":                   func(ch wire.Channel) { knock(t, c, ch) },
		"a web browser":             func(ch wire.Channel) { spoken(ch, []byte("GET / HTTP/1.1\r\n\r\n"+strings.Repeat("x", 64))) },
		"half a greeting":           func(ch wire.Channel) { spoken(ch, []byte(clientGreeting[:30])) },
		"ZMTP 2":                    func(ch wire.Channel) { spoken(ch, []byte{0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1, 5, 0, 0}) },
		"another mechanism":         func(ch wire.Channel) { spoken(ch, []byte(strings.Replace(clientGreeting, "NULL", "CURV", 1))) },
		"a READY cut short":         func(ch wire.Channel) { greeted(ch, []byte("\x04\x0d\x05READY\x0bSocke")) },
		"a READY with a huge value": func(ch wire.Channel) { greeted(ch, []byte("\x04\x0e\x05READY\x02Id\xff\xff\xff\xffa")) },
		"a READY of 2⁶² bytes":      func(ch wire.Channel) { greeted(ch, []byte(giantCommand)) },
		"a socket of another kind": func(ch wire.Channel) {
			wire.Handshake(wire.NewBuffered(knock(t, c, ch)), wire.Peer{SocketType: "PUSH", Identity: "x"})
		},
		"an empty frame":            func(ch wire.Channel) { met(ch, nil) },
		"frames without delimiter":  func(ch wire.Channel) { met(ch, []byte("a"), []byte("b")) },
		"the delimiter alone":       func(ch wire.Channel) { met(ch, []byte(idsDelimiter)) },
		"a delimiter and one part":  func(ch wire.Channel) { met(ch, []byte(idsDelimiter), []byte("sig"), []byte("{}")) },
		"a wrong signature":         func(ch wire.Channel) { met(ch, wireMessage("guessed", "shutdown_request", "{}")...) },
		"a signature not in hex":    func(ch wire.Channel) { met(ch, []byte(idsDelimiter), []byte("zz"), nil, nil, nil, nil) },
		"no signature":              func(ch wire.Channel) { met(ch, wireMessage("", "shutdown_request", "{}")...) },
		"a frame of 2⁶² bytes":      func(ch wire.Channel) { meet(t, c, ch).Write([]byte(giantFrame)) },
		"a frame of 2⁶² bytes more": func(ch wire.Channel) { meet(t, c, ch).Write([]byte(giantFrameOfMore)) },
		"half a frame":              func(ch wire.Channel) { meet(t, c, ch).Write([]byte{0, 200, 'a'}) },
		"unknown flags":             func(ch wire.Channel) { meet(t, c, ch).Write([]byte{0xf8, 1, 'a'}) },
		"an unknown command":        func(ch wire.Channel) { wire.SendFrames(meet(t, c, ch), wire.FrameCommand, []byte("\x04PINGxx")) },
		"many frames":               func(ch wire.Channel) { meet(t, c, ch).Write(bytes.Repeat([]byte{1, 0}, 4096)) },
		"signed, no JSON":           func(ch wire.Channel) { met(ch, wire.Message{Content: []byte("{")}.Frames(c.Key)...) },
		"signed, content null":      func(ch wire.Channel) { met(ch, wireMessage(c.Key, "execute_request", "null")...) },
		"signed, content a list":    func(ch wire.Channel) { met(ch, wireMessage(c.Key, "execute_request", "[]")...) },
		"signed, no code":           func(ch wire.Channel) { met(ch, wireMessage(c.Key, "execute_request", "{}")...) },
		"signed, code a number":     func(ch wire.Channel) { met(ch, wireMessage(c.Key, "execute_request", `{"code": 1}`)...) },
		"signed, no cursor":         func(ch wire.Channel) { met(ch, wireMessage(c.Key, "inspect_request", `{"code": "x"}`)...) },
		"signed, cursor a text": func(ch wire.Channel) {
			met(ch, wireMessage(c.Key, "complete_request", `{"code":"x","cursor_pos":"1"}`)...)
		},
		"signed, input not asked":   func(ch wire.Channel) { met(ch, wireMessage(c.Key, "input_reply", `{"value": 3}`)...) },
		"signed, a comm of nothing": func(ch wire.Channel) { met(ch, wireMessage(c.Key, "comm_open", `{"comm_id": 3, "data": []}`)...) },
		"signed, date a number": func(ch wire.Channel) {
			met(ch, wire.Message{Header: []byte(`{"date":1}`), Parent: []byte("{}"), Metadata: []byte("{}"), Content: []byte("{}")}.Frames(c.Key)...)
		},
	}
	for name, attack := range cases {
		for ch := range wire.Channels {
			attack(ch)
		}
		if reply := info.ask("kernel_info_request", "{}"); reply["implementation"] != "gonb" {
			t.Fatalf("after %s the kernel says %v", name, reply)
		}
	}
	if reply := info.ask("execute_request", `{"code":"%%\nfmt.Println(1)","silent":false,"store_history":true,"allow_stdin":false}`); reply["status"] != "ok" {
		t.Errorf("a cell ended with %v", reply)
	}
	pulse := meet(t, c, wire.Heartbeat)
	if err := wire.SendMessage(pulse, [][]byte{nil, []byte("ping")}); err != nil {
		t.Fatal(err)
	}
	if frames, err := wire.ReadMessage(pulse); err != nil || len(frames) != 2 || string(frames[1]) != "ping" {
		t.Errorf("the heartbeat is %q, %v", frames, err)
	}
}

// GoNB is out of a neighbour's reach, whatever the client's way is.
func TestGoNBServesPrivateSocketsAlone(t *testing.T) {
	p := ownCache(t)
	_, folder := startKernel(t, p)
	files, err := filepath.Glob(filepath.Join(folder, "g-*"))
	if err != nil || len(files) != int(wire.Channels) {
		t.Fatalf("the sockets are %v, %v", files, err)
	}
	names, _ := filepath.Glob(filepath.Join(folder, "*.json"))
	var behind wire.Connection
	for _, name := range names {
		json.Unmarshal([]byte(read(t, name)), &behind)
	}
	if behind.Transport != "ipc" || filepath.Dir(behind.IP) != folder {
		t.Errorf("GoNB's connection is %+v", behind)
	}
}

func TestSocketFolderOfALongPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	folder, err := wire.SocketFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(folder)
	if err != nil || info.Mode().Perm() != 0o700 || len(folder)+len("/g-1") >= wire.SocketPath {
		t.Errorf("%s: %v, %v", folder, info, err)
	}
	setup.ClearKernel(dir)
	if system.Exists(folder) || system.Exists(dir) {
		t.Error("the folder is left behind")
	}
}

// Sockets in a private folder are the way of our own Jupyter, where their
// paths are not too long for that.
func TestTransport(t *testing.T) {
	for folder, want := range map[string]string{
		"/home/somebody/.cache/liegg/tmp/k1234567890":          "ipc",
		"/Users/somebody/Library/Caches/liegg/tmp/k1234567890": "ipc",
		"/home/" + strings.Repeat("long/", 20):                 "tcp",
	} {
		if got := setup.Transport(folder); got != want {
			t.Errorf("%s: %s", folder, got)
		}
	}
}

func TestConnectionFileIsChecked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kernel.json")
	for text, want := range map[string]string{
		`{"transport":"udp"}`: "udp", `{"key":"k","signature_scheme":"hmac-md5"}`: "hmac-md5", `{`: path, `{"shell_port":"x"}`: path,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := wire.ReadConnection(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", text, err)
		}
	}
}

// A client that restarts a killed kernel gives it the same sockets.
func TestListenAfterKill(t *testing.T) {
	c := wire.Connection{Transport: "ipc", IP: filepath.Join(t.TempDir(), "s"), Shell: 1}
	first, err := c.Listen(wire.Shell)
	if err != nil {
		t.Fatal(err)
	}
	first.(*net.UnixListener).SetUnlinkOnClose(false)
	first.Close()
	second, err := c.Listen(wire.Shell)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if info, err := os.Stat(c.IP + "-1"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", info, err)
	}
}

// What clients say, byte by byte.
var (
	clientGreeting   = "\xff" + strings.Repeat("\x00", 8) + "\x7f\x03\x00NULL" + strings.Repeat("\x00", 48)
	idsDelimiter     = "<IDS|MSG>"
	giantFrame       = "\x02\x40" + strings.Repeat("\x00", 7) // of 2⁶² bytes
	giantFrameOfMore = "\x03" + giantFrame[1:]
	giantCommand     = "\x06" + giantFrame[1:]
)

// wireMessage returns a message of the given type, as a client sends it.
func wireMessage(key, kind, content string) [][]byte {
	m := wire.Message{Header: []byte(`{"msg_id":"` + rand.Text() + `","username":"u","session":"s","msg_type":"` + kind + `","version":"5.3","date":""}`),
		Parent: []byte("{}"), Metadata: []byte("{}"), Content: []byte(content)}
	return m.Frames(key)
}
