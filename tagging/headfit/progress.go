package headfit

import "sync"

// SearchOption changes how [Search] works.
type SearchOption interface{ apply(m *meter) }

type searchOption func(m *meter)

func (o searchOption) apply(m *meter) { o(m) }

// WithProgress has report called before the first and after each piece of work, with the number of pieces done and of all;
// the last call says that all are done. Calls come one at a time, from any goroutine. The default is silence.
func WithProgress(report func(done, total int)) SearchOption {
	return searchOption(func(m *meter) { m.report = report })
}

// meter counts pieces of work. It is safe for concurrent use; the zero value reports nothing.
type meter struct {
	mu          sync.Mutex
	report      func(done, total int)
	done, total int
}

func (m *meter) step(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done += n
	m.tell()
}

// finish reports what is not worth counting as done too.
func (m *meter) finish() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.done < m.total {
		m.done = m.total
		m.tell()
	}
}

func (m *meter) tell() {
	if m.report != nil {
		m.report(m.done, m.total)
	}
}
