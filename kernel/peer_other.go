//go:build !linux

package main

import "net"

// checkPeer cannot determine the owner of a loopback connection here: only
// Linux lists the users of sockets for everybody.
func checkPeer(net.Conn) error { return nil }
