package server

import (
	"fmt"
	"time"
)

// WithSlots sets how many pictures are worked on at a time. n must be in [1, 1024]; the default is GOMAXPROCS.
func WithSlots(n int) Option {
	return optionFunc(func(c *config) error {
		if n < 1 || n > 1024 {
			return fmt.Errorf("server: WithSlots(%d): want 1 to 1024", n)
		}
		c.slots = n
		return nil
	})
}

// WithQueue sets how many pictures may wait for a slot and for how long at most. n must be in [0, 100000], wait in
// (0, 15 s]. The default is four for each slot, and 300 ms.
func WithQueue(n int, wait time.Duration) Option {
	return optionFunc(func(c *config) error {
		if n < 0 || n > 100_000 || wait <= 0 || wait > defaultTimeout {
			return fmt.Errorf("server: WithQueue(%d, %v): want 0 to 100000, and a wait above 0 and up to %v", n, wait, defaultTimeout)
		}
		c.queue, c.wait = n, wait
		return nil
	})
}

// WithMemory caps the memory that decoding may take over all requests at the same time; a picture that does not fit
// beside the others waits as it would for a slot. n is in bytes and at least 1 MiB; the default is 512 MiB. A single
// picture is never refused for it.
func WithMemory(n int64) Option {
	return optionFunc(func(c *config) error {
		if n < 1<<20 {
			return fmt.Errorf("server: WithMemory(%d): want at least 1 MiB", n)
		}
		c.memory = n
		return nil
	})
}

// WithBodies caps the bytes of request bodies that are held over all requests at the same time; a request beyond it is
// refused as busy. n is at least 1 MiB; the default is 512 MiB.
func WithBodies(n int64) Option {
	return optionFunc(func(c *config) error {
		if n < 1<<20 {
			return fmt.Errorf("server: WithBodies(%d): want at least 1 MiB", n)
		}
		c.bodies = n
		return nil
	})
}

// WithTimeouts caps the time for one request, and the part of it for receiving its body. A client's own deadline is
// obeyed where it is shorter. Both must be above 0 and up to 10 minutes, and read not above total; the defaults are 15 s
// and 10 s.
func WithTimeouts(total, read time.Duration) Option {
	return optionFunc(func(c *config) error {
		if read <= 0 || total < read || total > 10*time.Minute {
			return fmt.Errorf("server: WithTimeouts(%v, %v): want 0 < read ≤ total ≤ 10 m", total, read)
		}
		c.timeout, c.readTime = total, read
		return nil
	})
}

// WithShutdown sets how [Server.Serve] ends: the time between telling load balancers and refusing new connections, and
// the time for all of it, after which calls that still run are cancelled. Both must be 0 to 10 minutes, delay not above
// grace; the defaults are 2 s and 20 s.
func WithShutdown(delay, grace time.Duration) Option {
	return optionFunc(func(c *config) error {
		if delay < 0 || grace < delay || grace > 10*time.Minute {
			return fmt.Errorf("server: WithShutdown(%v, %v): want 0 ≤ delay ≤ grace ≤ 10 m", delay, grace)
		}
		c.delay, c.grace = delay, grace
		return nil
	})
}

// WithConnections caps the connections that [Server.Serve] has open at a time; more wait to be accepted.
// n must be in [1, 1000000]; the default is 1,024.
func WithConnections(n int) Option {
	return optionFunc(func(c *config) error {
		if n < 1 || n > 1_000_000 {
			return fmt.Errorf("server: WithConnections(%d): want 1 to 1000000", n)
		}
		c.conns = n
		return nil
	})
}
