package queue

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"
)

// Place says where a queue is.
type Place struct {
	// URL is the server's address, tls://host:4222, or several of one cluster
	// separated by commas. "" means a server inside the process that feeds
	// the queue; workers always need an address.
	URL string
	// Creds is the path of a NATS credentials file, "" for none. With
	// credentials only encrypted connections are accepted.
	Creds string
	// CA is the path of a PEM file with the authorities that may have signed
	// the server's certificate, "" for those that the system trusts.
	CA string
	// Name is where workers and sweeps of one cluster meet: workers serve
	// every sweep that is fed under their name. It consists of letters,
	// digits, - and _; "" means liegg. If it includes the version of the
	// code, no worker of another version takes a job.
	Name string
	// Absence is how long the server may be gone before a worker, or the
	// process that feeds the queue, gives up. A server that only falls silent
	// is noticed within half of it. 0 means one minute.
	Absence time.Duration

	// inherited is set in a worker whose parent feeds the queue.
	inherited bool
}

// environment is the variable that tells local workers their place.
const environment = "LIEGG_QUEUE"

// Inherited returns the place of a worker that [Run] has started, and false
// in any other process. In such a worker [Serve] ends with the parent.
func Inherited() (Place, bool) {
	var p Place
	if err := json.Unmarshal([]byte(os.Getenv(environment)), &p); err != nil {
		return Place{}, false
	}
	p.inherited = true
	return p, true
}

// setting returns the environment setting for local workers.
func (p Place) setting() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // cannot fail for strings and a number
	}
	return environment + "=" + string(text)
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// normal returns p with the defaults filled in.
func (p Place) normal() (Place, error) {
	p.Name = cmp.Or(p.Name, "liegg")
	p.Absence = cmp.Or(p.Absence, time.Minute)
	if !nameForm.MatchString(p.Name) {
		return p, fmt.Errorf("queue: the name %q: use letters, digits, - and _", p.Name)
	}
	if p.Absence < 0 {
		return p, fmt.Errorf("queue: an absence of %v: it must be positive", p.Absence)
	}
	return p, nil
}

// servers returns the addresses without their passwords, for messages.
func (p Place) servers() string {
	var shown []string
	for address := range strings.SplitSeq(p.URL, ",") {
		if u, err := url.Parse(strings.TrimSpace(address)); err == nil {
			u.User = nil
			address = u.String()
		}
		shown = append(shown, address)
	}
	return strings.Join(shown, ", ")
}
