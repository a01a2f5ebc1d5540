// Package queuetest runs NATS servers, and processes to be killed, for tests.
package queuetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
)

// ServerRole is the argument with which [Cluster] starts the test's own program: its
// TestMain must then call [Server] with the arguments that follow.
const ServerRole = "server"

// Server runs a NATS server with a configuration file, as those who run a cluster
// do.
func Server(args []string) error {
	options, err := server.ProcessConfigFile(args[0])
	if err != nil {
		return err
	}
	options.NoLog, options.NoSigs = true, true
	s, err := server.NewServer(options)
	if err != nil {
		return err
	}
	s.Start()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	s.Shutdown()
	s.WaitForShutdown()
	return nil
}

// Cluster is a NATS server in a process of its own, with TLS and users that are
// known by their keys.
type Cluster struct {
	// Account signs for users.
	Account nkeys.KeyPair
	// Process is the server's, and Wait returns when it has ended.
	Process *os.Process
	Wait    func() error

	dir  string
	port int
}

// NewCluster starts a server that ends with the test.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{dir: t.TempDir(), port: freePort(t)}
	c.certify(t)
	operator, _ := nkeys.CreateOperator()
	c.Account, _ = nkeys.CreateAccount()
	system, _ := nkeys.CreateAccount()
	account := jwt.NewAccountClaims(public(c.Account))
	account.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
	c.Write(t, "server.conf", fmt.Sprintf(`
		listen: "0.0.0.0:%d"
		server_name: "test"
		jetstream { store_dir: %q }
		tls { cert_file: %q, key_file: %q }
		operator: %q
		system_account: %[6]s
		resolver: MEMORY
		resolver_preload: { %[6]s: %[7]q, %s: %q }`,
		c.port, c.dir, c.Path("cert.pem"), c.Path("key.pem"),
		encode(t, jwt.NewOperatorClaims(public(operator)), operator),
		public(system), encode(t, jwt.NewAccountClaims(public(system)), operator),
		public(c.Account), encode(t, account, operator)))
	c.NewCreds(t, "user.creds", c.Account, nil)
	c.Begin(t)
	return c
}

// Begin starts the server, and again after its end.
func (c *Cluster) Begin(t testing.TB) {
	t.Helper()
	c.Process, c.Wait = Start(t, ServerRole, c.Path("server.conf"))
	Eventually(t, 20*time.Second, "the server listens", func() bool {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", c.port))
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
}

// Path is that of a file in the folder of the server.
func (c *Cluster) Path(name string) string { return filepath.Join(c.dir, name) }

// Write writes such a file and returns its path.
func (c *Cluster) Write(t testing.TB, name, text string) string {
	t.Helper()
	if err := os.WriteFile(c.Path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return c.Path(name)
}

// NewCreds writes the credentials file of a new user, signed by the given account.
// limit, where there is one, changes what the user may do.
func (c *Cluster) NewCreds(t testing.TB, name string, account nkeys.KeyPair, limit func(*jwt.UserClaims)) string {
	t.Helper()
	user, _ := nkeys.CreateUser()
	claims := jwt.NewUserClaims(public(user))
	if limit != nil {
		limit(claims)
	}
	seed, _ := user.Seed()
	text, err := jwt.FormatUserConfig(encode(t, claims, account), seed)
	if err != nil {
		t.Fatal(err)
	}
	return c.Write(t, name, string(text))
}

// URL is the server's address on a host, 127.0.0.1 or 127.0.0.2.
func (c *Cluster) URL(host string) string { return fmt.Sprintf("tls://%s:%d", host, c.port) }

// Creds is the credentials file of a user who may do all that users may.
func (c *Cluster) Creds() string { return c.Path("user.creds") }

// CA is the PEM file of the authority that has signed the server's certificate.
func (c *Cluster) CA() string { return c.Path("cert.pem") }

// certify writes a certificate that is its own authority.
func (c *Cluster) certify(t testing.TB) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv4(127, 0, 0, 2)},
		IsCA:        true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	c.Write(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	c.Write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}

func public(key nkeys.KeyPair) string {
	text, err := key.PublicKey()
	if err != nil {
		panic(err)
	}
	return text
}

func encode(t testing.TB, claims interface {
	Encode(nkeys.KeyPair) (string, error)
}, key nkeys.KeyPair) string {
	t.Helper()
	text, err := claims.Encode(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// freePort is a port of all addresses that nobody listens on.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
