package queuetest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Machine is where processes run: this machine, or one that [Star] makes.
type Machine struct {
	namespace string
	network   []net.IP
}

// Command returns the command of a program on the machine; see [Begin].
func (m Machine) Command(program string, args ...string) *exec.Cmd {
	if m.namespace == "" {
		return exec.Command(program, args...)
	}
	return exec.Command("ip", append([]string{"netns", "exec", m.namespace, program}, args...)...) // keeps the process id
}

// addresses returns where the machine can be reached.
func (m Machine) addresses() []net.IP {
	if m.namespace == "" {
		return []net.IP{net.IPv4(127, 0, 0, 1), net.IPv4(127, 0, 0, 2)}
	}
	return m.network
}

// Arm is a machine of a [Star].
type Arm struct {
	Machine
	// Hub is the address of the hub as seen from the arm.
	Hub string
	// Cut and Mend disconnect and reconnect the cable between arm and hub.
	Cut, Mend func()
}

// Star makes n machines, each connected to a hub and not to the others:
// network namespaces of Linux. If the system does not allow that, the test is
// skipped.
func Star(t testing.TB, n int) (hub Machine, arms []Arm) {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("NOT TESTED: machines of their own networks: there is no program ip")
	}
	hub = newMachine(t, "hub")
	for i := range n {
		arm := newMachine(t, fmt.Sprint("arm", i))
		near, far := net.IPv4(192, 0, 2, byte(4*i+1)), net.IPv4(192, 0, 2, byte(4*i+2))
		cable := fmt.Sprint("cable", i)
		ip(t, "-n", hub.namespace, "link", "add", cable, "type", "veth", "peer", "name", cable, "netns", arm.namespace)
		hub.plug(t, cable, near)
		arm.plug(t, cable, far)
		turn := func(how string) func() {
			return func() { ip(t, "-n", arm.namespace, "link", "set", cable, how) }
		}
		hub.network, arm.network = append(hub.network, near), []net.IP{far}
		arms = append(arms, Arm{arm, near.String(), turn("down"), turn("up")})
	}
	return hub, arms
}

func newMachine(t testing.TB, name string) Machine {
	t.Helper()
	m := Machine{namespace: fmt.Sprintf("%s-%d-%s", strings.ReplaceAll(t.Name(), "/", "-"), os.Getpid(), name)}
	if out, err := exec.Command("ip", "netns", "add", m.namespace).CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED: machines of their own networks: %v: %s", err, out)
	}
	t.Cleanup(func() { ip(t, "netns", "del", m.namespace) })
	ip(t, "-n", m.namespace, "link", "set", "lo", "up")
	return m
}

// plug gives an end of a cable its address.
func (m Machine) plug(t testing.TB, cable string, address net.IP) {
	t.Helper()
	ip(t, "-n", m.namespace, "addr", "add", address.String()+"/30", "dev", cable)
	ip(t, "-n", m.namespace, "link", "set", cable, "up")
}

func ip(t testing.TB, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Errorf("ip %v: %v: %s", args, err, out)
	}
}
