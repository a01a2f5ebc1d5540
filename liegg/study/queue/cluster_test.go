package queue

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
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

// serverRole runs a NATS server with a configuration file, as those who run a
// cluster do.
func serverRole(args []string) error {
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

// cluster is a NATS server in a process of its own, with TLS and users that are
// known by their keys.
type cluster struct {
	dir     string
	port    int
	process *os.Process
	wait    func() error
	account nkeys.KeyPair
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{dir: t.TempDir(), port: freePort(t)}
	c.certify(t)
	operator, _ := nkeys.CreateOperator()
	c.account, _ = nkeys.CreateAccount()
	system, _ := nkeys.CreateAccount()
	account := jwt.NewAccountClaims(public(c.account))
	account.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
	c.write(t, "server.conf", fmt.Sprintf(`
		listen: "0.0.0.0:%d"
		server_name: "test"
		jetstream { store_dir: %q }
		tls { cert_file: %q, key_file: %q }
		operator: %q
		system_account: %[6]s
		resolver: MEMORY
		resolver_preload: { %[6]s: %[7]q, %s: %q }`,
		c.port, c.dir, c.path("cert.pem"), c.path("key.pem"),
		encode(t, jwt.NewOperatorClaims(public(operator)), operator),
		public(system), encode(t, jwt.NewAccountClaims(public(system)), operator),
		public(c.account), encode(t, account, operator)))
	c.creds(t, "user.creds", c.account, nil)
	c.begin(t)
	return c
}

// begin starts the server, and again after its end.
func (c *cluster) begin(t *testing.T) {
	t.Helper()
	c.process, c.wait = start(t, "server", c.path("server.conf"))
	eventually(t, 20*time.Second, "the server listens", func() bool {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", c.port))
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
}

func (c *cluster) path(name string) string { return filepath.Join(c.dir, name) }

func (c *cluster) write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(c.path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return c.path(name)
}

// creds writes the credentials file of a new user, signed by the given account.
func (c *cluster) creds(t *testing.T, name string, account nkeys.KeyPair, limit func(*jwt.UserClaims)) string {
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
	return c.write(t, name, string(text))
}

// place is the cluster as seen through one of its addresses.
func (c *cluster) place(host string) Place {
	return Place{
		URL:     fmt.Sprintf("tls://%s:%d", host, c.port),
		Creds:   c.path("user.creds"),
		CA:      c.path("cert.pem"),
		Absence: 3 * time.Second,
	}
}

// certify writes a certificate that is its own authority.
func (c *cluster) certify(t *testing.T) {
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
	c.write(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	c.write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}

func public(key nkeys.KeyPair) string {
	text, err := key.PublicKey()
	if err != nil {
		panic(err)
	}
	return text
}

func encode(t *testing.T, claims interface {
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
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// join starts a worker process that joins a cluster.
func join(t *testing.T, place Place) (*os.Process, func() error) {
	t.Helper()
	text, err := json.Marshal(place)
	if err != nil {
		t.Fatal(err)
	}
	return start(t, "worker", string(text))
}
