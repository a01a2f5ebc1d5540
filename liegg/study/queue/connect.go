package queue

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// How long a server, or all of a list together, may take to answer, and then
// its JetStream. An unusable place must be reported within 10 s.
const (
	reach  = 7 * time.Second
	follow = 2 * time.Second
)

// open connects to the servers of a place and makes sure that they run
// JetStream. gone is called, possibly more than once, when the connection has
// ended for good.
func open(place Place, name string, gone func(error)) (streams, error) {
	nc, err := connect(place, name, gone)
	if err != nil {
		return streams{}, err
	}
	js, err := jetstream.New(nc)
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), follow)
		defer cancel()
		_, err = js.AccountInfo(ctx)
	}
	if err != nil {
		nc.Close()
		return streams{}, fmt.Errorf("queue: %s: %w: the server must run JetStream, and allow it to this user", place.servers(), err)
	}
	return streams{js, place.Name}, nil
}

// connect is open without JetStream.
func connect(place Place, name string, gone func(error)) (*nats.Conn, error) {
	options, err := place.security()
	if err != nil {
		return nil, err
	}
	absent := time.AfterFunc(place.Absence, func() {
		gone(fmt.Errorf("queue: the server %s has been gone for %v: start it again, and then this command: nothing that it stores is lost", place.servers(), place.Absence))
	})
	absent.Stop()
	options = append(options,
		nats.Name(name),
		nats.Timeout(reach/time.Duration(1+strings.Count(place.URL, ","))),
		nats.PingInterval(place.Absence/6), // a machine that is switched off or cut off does not say goodbye
		nats.MaxPingsOutstanding(2),
		nats.MaxReconnects(-1), // absent decides
		nats.ReconnectWait(500*time.Millisecond),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { absent.Reset(place.Absence) }),
		nats.ReconnectHandler(func(*nats.Conn) { absent.Stop() }),
		nats.ClosedHandler(func(nc *nats.Conn) {
			absent.Stop()
			gone(place.refusal(nc.LastError()))
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrPermissionViolation) {
				gone(fmt.Errorf("queue: %s does not let this user take part: %w: ask for the right to use JetStream and the subjects %s.>", place.servers(), err, place.Name))
			}
		}),
	)
	nc, err := nats.Connect(place.URL, options...)
	if err != nil {
		absent.Stop()
		return nil, place.refusal(err)
	}
	return nc, nil
}

// security reads the files of a place.
func (p Place) security() (options []nats.Option, err error) {
	if p.Creds != "" {
		if _, err := os.ReadFile(p.Creds); err != nil {
			return nil, fmt.Errorf("queue: credentials: %w: ask the server's operator for a credentials file", err)
		}
		options = append(options, nats.UserCredentials(p.Creds), nats.Secure())
	}
	if p.CA != "" {
		if _, err := os.ReadFile(p.CA); err != nil {
			return nil, fmt.Errorf("queue: authorities: %w: ask the server's operator for the PEM file of its authority", err)
		}
		options = append(options, nats.RootCAs(p.CA))
	}
	return options, nil
}

// refusal says why there is no connection, and what to do.
func (p Place) refusal(err error) error {
	var do string
	var unknown x509.UnknownAuthorityError
	var other x509.HostnameError
	var invalid x509.CertificateInvalidError
	var operation *net.OpError
	var record tls.RecordHeaderError
	var network net.Error
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked), errors.Is(err, nats.ErrAccountAuthExpired):
		do = p.unknown()
	case errors.Is(err, nats.ErrSecureConnWanted), errors.As(err, &record):
		do = "it does not offer TLS, and credentials are not sent without it"
		if p.Creds == "" {
			do = "it does not offer TLS: write nats:// instead of tls:// to use it without"
		}
	case errors.As(err, &unknown):
		do = "name the PEM file of the authority that has signed its certificate"
	case errors.As(err, &other):
		do = "use an address named in its certificate, or ask the server's operator for a certificate that names this one"
	case errors.As(err, &invalid):
		do = "ask the server's operator for a valid certificate, and check the clock of this machine"
	case errors.As(err, &operation) && operation.Op == "remote error": // a TLS alert
		do = "it refuses TLS with this process, perhaps because it requires a client certificate: ask its operator to accept credentials instead"
	case errors.Is(err, nats.ErrNoServers), errors.As(err, &network):
		do = "it cannot be reached: check the address, that the server runs, and that no firewall is in between"
	default:
		do = "check the address and the credentials"
	}
	return fmt.Errorf("queue: no connection to %s: %w: %s", p.servers(), err, do)
}

// unknown says what to do if the server does not know the user.
func (p Place) unknown() string {
	switch {
	case p.Creds != "":
		return fmt.Sprintf("the credentials of %s are not accepted: ask the server's operator for new ones", p.Creds)
	case strings.Contains(p.URL, "@"):
		return "the user and the password in the address are not accepted"
	}
	return "it asks for credentials: name a credentials file, or write user:password@ into the address"
}
