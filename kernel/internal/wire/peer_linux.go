package wire

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
)

// CheckPeer returns an error if a connection over loopback belongs to another
// user: anyone who reaches the port could read what cells print.
func CheckPeer(conn net.Conn) error {
	remote, tcp := conn.RemoteAddr().(*net.TCPAddr)
	if !tcp || !remote.IP.IsLoopback() {
		return nil // a Unix socket's folder is private, and a remote client was asked for
	}
	local := conn.LocalAddr().(*net.TCPAddr)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue
		}
		user, found := socketOwner(f, remote, local)
		f.Close()
		if found && (user == os.Getuid() || user == 0) {
			return nil
		}
		if found {
			return fmt.Errorf("a connection from another user (uid %d)", user)
		}
	}
	if _, err := os.Stat("/proc/net/tcp"); err != nil {
		return nil // this system does not tell
	}
	return fmt.Errorf("a connection that has ended")
}

// socketOwner finds the user of the established socket at one end of a
// connection in the table /proc/net/tcp or tcp6. A socket that its program
// has closed has no owner, though the table shows user 0.
func socketOwner(table io.Reader, end, other *net.TCPAddr) (user int, found bool) {
	const established = "01"
	for lines := bufio.NewScanner(table); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 8 || fields[3] != established || !isEndpoint(fields[1], end) || !isEndpoint(fields[2], other) {
			continue
		}
		user, err := strconv.Atoi(fields[7])
		return user, err == nil
	}
	return 0, false
}

// isEndpoint reports whether text is an address in the table's notation:
// words of four bytes in machine order, then the port.
func isEndpoint(text string, a *net.TCPAddr) bool {
	host, port, _ := strings.Cut(text, ":")
	number, err := strconv.ParseUint(port, 16, 16)
	if err != nil || int(number) != a.Port {
		return false
	}
	words, err := hex.DecodeString(host)
	if err != nil || len(words)%4 != 0 {
		return false
	}
	ip := make(net.IP, 0, len(words))
	for i := 0; i < len(words); i += 4 {
		ip = binary.NativeEndian.AppendUint32(ip, binary.BigEndian.Uint32(words[i:]))
	}
	return ip.Equal(a.IP)
}
