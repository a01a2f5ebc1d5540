//go:build !linux

package wire

import "net"

// CheckPeer cannot determine the owner of a loopback connection here: only
// Linux lists the users of sockets for everybody.
func CheckPeer(net.Conn) error { return nil }
