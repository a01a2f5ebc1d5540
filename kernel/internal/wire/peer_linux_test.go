package wire

import (
	"net"
	"strings"
	"testing"
)

func TestSocketOwner(t *testing.T) {
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 2
   2: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 3
   3: 0100007F:C351 0100007F:1F90 06 00000000:00000000 00:00000000 00000000     0        0 0
   4: 00000000000000000000000001000000:C352 00000000000000000000000001000000:1F90 01 00000000:00000000 00:00000000 00000000  1002        0 4
`
	kernel := func(ip string) *net.TCPAddr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 8080} }
	cases := []struct {
		end, other *net.TCPAddr
		user       int
		found      bool
	}{
		{&net.TCPAddr{IP: net.ParseIP("127.0.0.1"), Port: 50000}, kernel("127.0.0.1"), 1001, true},
		{&net.TCPAddr{IP: net.ParseIP("::1"), Port: 50002}, kernel("::1"), 1002, true},
		{&net.TCPAddr{IP: net.ParseIP("127.0.0.1"), Port: 50001}, kernel("127.0.0.1"), 0, false}, // closed
		{&net.TCPAddr{IP: net.ParseIP("127.0.0.1"), Port: 50009}, kernel("127.0.0.1"), 0, false},
		{&net.TCPAddr{IP: net.ParseIP("127.0.0.2"), Port: 50000}, kernel("127.0.0.1"), 0, false},
	}
	for _, c := range cases {
		if user, found := socketOwner(strings.NewReader(table), c.end, c.other); user != c.user || found != c.found {
			t.Errorf("%v → %v: user %d, %v", c.end, c.other, user, found)
		}
	}
}

func TestOwnConnectionsAreServed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	mine, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	if err := CheckPeer(theirs); err != nil {
		t.Error(err)
	}
	mine.Close()
	if err := CheckPeer(theirs); err == nil {
		t.Error("a connection that has ended is served")
	}
}
