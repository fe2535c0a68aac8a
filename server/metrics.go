package server

import (
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is what a server counts, in a registry of its own. [New] makes one; make it beforehand with [NewMetrics] where
// something else shall report to it too, such as the stages of an engine. All names start with "soundtrack_", units are
// seconds and bytes, and no label has more than a few dozen values. Safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry

	requests *prometheus.CounterVec   // procedure, protocol, code
	duration *prometheus.HistogramVec // procedure
	inFlight prometheus.Gauge
	upload   prometheus.Histogram
	stages   *prometheus.HistogramVec // stage
	waiting  *prometheus.GaugeVec     // lane
	running  *prometheus.GaugeVec     // lane
	slots    *prometheus.GaugeVec     // lane
	sheds    *prometheus.CounterVec   // lane, cause
	memory   prometheus.Gauge
	bodies   prometheus.Gauge
	answers  *prometheus.CounterVec // encoder, result
	picks    *prometheus.CounterVec // encoder
	degraded *prometheus.CounterVec // part
	encoder  *prometheus.GaugeVec   // encoder
	ready    prometheus.Gauge
	panics   prometheus.Counter

	names namePool
}

// NewMetrics makes metrics that have counted nothing.
func NewMetrics() *Metrics {
	const ns = "soundtrack"
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: ns, Name: name, Help: help}, labels)
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: ns, Name: name, Help: help})
	}
	gauges := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: ns, Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64) prometheus.HistogramOpts {
		return prometheus.HistogramOpts{Namespace: ns, Name: name, Help: help, Buckets: buckets}
	}
	seconds := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: counter("requests_total", "Requests by procedure, protocol and code of the answer.", "procedure", "protocol", "code"),
		duration: prometheus.NewHistogramVec(histogram("request_duration_seconds",
			"Time from the request's header to the end of the answer.", seconds), []string{"procedure"}),
		inFlight: gauge("requests_in_flight", "Requests that are being answered."),
		upload: prometheus.NewHistogram(histogram("picture_size_bytes", "Encoded size of the pictures that were looked at.",
			prometheus.ExponentialBuckets(16<<10, 2, 11))),
		stages: prometheus.NewHistogramVec(histogram("stage_duration_seconds",
			"Time spent in a stage of answering, such as read, queue or recommend.", seconds), []string{"stage"}),
		waiting: gauges("queue_depth", "Requests that wait for a slot.", "lane"),
		running: gauges("slots_in_use", "Slots that are taken by work.", "lane"),
		slots:   gauges("slots", "Slots in all.", "lane"),
		sheds:   counter("shed_total", "Requests that were refused for load, by lane and cause.", "lane", "cause"),
		memory:  gauge("decode_memory_bytes", "Memory reserved for decoding pictures."),
		bodies:  gauge("request_bodies_bytes", "Bytes of request bodies that are held."),
		answers: counter("answers_total", "Answers by encoder and result: ok, empty if no song passed the filters.", "encoder", "result"),
		picks:   counter("picks_total", "Songs that were recommended.", "encoder"),
		degraded: counter("degraded_total",
			"Parts of answers that were missing or weaker than they could be.", "part"),
		encoder: gauges("encoder_info", "1 for each encoder that has understood a picture.", "encoder"),
		ready:   gauge("ready", "1 if the server takes traffic."),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: ns, Name: "panics_total", Help: "Panics that were caught.",
		}),
	}
	m.registry.MustRegister(m.requests, m.duration, m.inFlight, m.upload, m.stages, m.waiting, m.running, m.slots, m.sheds,
		m.memory, m.bodies, m.answers, m.picks, m.degraded, m.encoder, m.ready, m.panics,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Registry is where the metrics are registered; a program may add its own.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// Handler answers scrapes in the text format of Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// ObserveStage counts d for a stage of answering, such as "decode" or "rank". The server itself reports "read" (of a
// body), "queue", and the work on a slot: "recommend", "analyse", "rerank", "search", "song" and "resolve". At most 32 names
// are told apart; what comes later is "other".
func (m *Metrics) ObserveStage(stage string, d time.Duration) {
	m.stages.WithLabelValues(m.names.bound("stage", stage)).Observe(d.Seconds())
}

// namePool keeps labels bounded whose values come from elsewhere.
type namePool struct {
	mu    sync.Mutex
	known map[string]map[string]bool
}

// maxNames is how many values of one label are told apart.
const maxNames = 32

// bound returns value if it is one of the first maxNames of its label, and "other" for all that come later.
func (p *namePool) bound(label, value string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = make(map[string]map[string]bool)
	}
	if p.known[label] == nil {
		p.known[label] = make(map[string]bool)
	}
	if p.known[label][value] {
		return value
	}
	if len(p.known[label]) >= maxNames || len(value) > 64 {
		return "other"
	}
	p.known[label][value] = true
	return value
}
