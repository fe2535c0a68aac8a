package server

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/soundtrack-go/sdk/soundtrack"
)

// level is a number that goes up and down: for decisions here, as a gauge for Prometheus.
type level struct {
	n     atomic.Int64
	gauge prometheus.Gauge
}

func (l *level) add(d int64) int64 {
	l.gauge.Add(float64(d))
	return l.n.Add(d)
}

func (l *level) load() int64 { return l.n.Load() }

// laneGauges is what a lane reports.
type laneGauges struct {
	waiting, running *level
	shed             func(cause string)
}

// lane returns the gauges of a lane with that many slots.
func (m *Metrics) lane(name string, slots int) laneGauges {
	m.slots.WithLabelValues(name).Add(float64(slots))
	for _, cause := range []string{"queue", "wait", "memory"} {
		m.sheds.WithLabelValues(name, cause) // shown from the start, so that a rate can be taken of the first one
	}
	return laneGauges{
		waiting: &level{gauge: m.waiting.WithLabelValues(name)},
		running: &level{gauge: m.running.WithLabelValues(name)},
		shed:    func(cause string) { m.sheds.WithLabelValues(name, cause).Inc() },
	}
}

// answered counts an answer.
func (m *Metrics) answered(out *soundtrack.Recommendation, songs bool) {
	encoder := m.names.bound("encoder", out.Encoder.ID)
	m.encoder.WithLabelValues(encoder).Set(1)
	result := "ok"
	if songs && len(out.Picks) == 0 {
		result = "empty"
	}
	m.answers.WithLabelValues(encoder, result).Inc()
	m.picks.WithLabelValues(encoder).Add(float64(len(out.Picks)))
	for _, d := range out.Degraded {
		m.degraded.WithLabelValues(m.names.bound("part", d.Part)).Inc()
	}
}

// finished counts a request that has been answered.
func (m *Metrics) finished(c *call, took time.Duration) {
	m.requests.WithLabelValues(c.procedure, c.protocol, c.code).Inc()
	m.duration.WithLabelValues(c.procedure).Observe(took.Seconds())
}
