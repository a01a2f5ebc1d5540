//go:build !linux

package main

import "net"

// checkPeer cannot tell here whose a connection over loopback is: only Linux
// lists the users of sockets where everybody can read it.
func checkPeer(net.Conn) error { return nil }
