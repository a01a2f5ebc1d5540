// Package queuetest runs NATS servers, and processes to be killed, for tests.
package queuetest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nkeys"
)

// Cluster is the program nats-server with JetStream, with TLS, and with users
// identified by their keys.
type Cluster struct {
	// Account signs for users.
	Account nkeys.KeyPair
	// Process is the server's process, and Wait returns when it has ended.
	Process *os.Process
	Wait    func() error

	machine Machine
	dir     string
	port    string
}

// NewCluster starts a server that ends with the test. It listens on all
// addresses of a machine.
func NewCluster(t testing.TB, m Machine) *Cluster {
	t.Helper()
	c := &Cluster{machine: m, dir: t.TempDir(), port: "-1"} // any free port
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", c.Path("nats-server"), "github.com/nats-io/nats-server/v2")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("nats-server is not built: %v\n%s", err, out)
	}
	c.certify(t)
	c.Write(t, "server.conf", fmt.Sprintf(`
		server_name: "test"
		jetstream { store_dir: %q }
		ports_file_dir: %[1]q
		tls { cert_file: %q, key_file: %q }
		%s`, c.dir, c.Path("cert.pem"), c.Path("key.pem"), c.trust(t)))
	c.NewCreds(t, "user.creds", c.Account, nil)
	c.Begin(t)
	return c
}

// Begin starts the server, also again after its end.
func (c *Cluster) Begin(t testing.TB) {
	t.Helper()
	cmd := c.machine.Command(c.Path("nats-server"), "-c", c.Path("server.conf"), "-p", c.port, "-l", c.Path("log"))
	cmd.Stderr = os.Stderr // until it has a log
	c.Process, c.Wait = Begin(t, cmd)
	defer func() {
		if t.Failed() {
			log, _ := os.ReadFile(c.Path("log"))
			t.Logf("nats-server said:\n%s", log)
		}
	}()
	Eventually(t, 20*time.Second, "the server listens", func() bool {
		var ports struct{ Nats []string }
		text, _ := os.ReadFile(c.Path(fmt.Sprintf("nats-server_%d.ports", c.Process.Pid)))
		if json.Unmarshal(text, &ports) != nil || len(ports.Nats) == 0 {
			return false
		}
		address, err := url.Parse(ports.Nats[0])
		if err != nil {
			t.Fatal(err)
		}
		c.port = address.Port()
		return true
	})
}

// Path returns the path of a file in the folder of the server.
func (c *Cluster) Path(name string) string { return filepath.Join(c.dir, name) }

// Write writes such a file and returns its path.
func (c *Cluster) Write(t testing.TB, name, text string) string {
	t.Helper()
	if err := os.WriteFile(c.Path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return c.Path(name)
}

// URL returns the server's address on a host.
func (c *Cluster) URL(host string) string { return fmt.Sprintf("tls://%s:%s", host, c.port) }

// Creds returns the credentials file of a user with all rights of a user.
func (c *Cluster) Creds() string { return c.Path("user.creds") }

// CA returns the PEM file of the authority that has signed the server's
// certificate.
func (c *Cluster) CA() string { return c.Path("ca.pem") }
