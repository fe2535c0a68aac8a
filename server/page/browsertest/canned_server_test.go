package browsertest_test

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	webpage "github.com/soundtrack-go/sdk/server/page"
)

type object = map[string]any

// canned is a server with the page and answers that are made up. It ranks a handful of songs by mood alone: enough to see
// dials turn. It shows what the page does, and nothing about recommending.
type canned struct {
	*httptest.Server

	mu       sync.Mutex
	valence  float64                                      // of every picture
	hostile  bool                                         // texts are attacks
	doubts   bool                                         // taggers disagree, guess at decades, and songs are held back
	trouble  func(w http.ResponseWriter, plain bool) bool // answers instead, if it returns true
	uploads  int
	query    string   // of the latest upload
	messages []object // what Recommend was asked
}

func serve(t *testing.T) *canned {
	t.Helper()
	s := &canned{valence: .5}
	mux := http.NewServeMux()
	mux.Handle("/", webpage.Handler(webpage.WithVersion("v0.0.0-test")))
	mux.HandleFunc("POST /v1/recommend", s.upload)
	mux.HandleFunc("POST /soundtrack.v1.SoundtrackService/Recommend", s.recommend)
	mux.HandleFunc("POST /soundtrack.v1.SoundtrackService/ResolvePreview", s.resolve)
	mux.HandleFunc("GET /v1/preview/tone.wav", tone)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *canned) change(f func(*canned)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

// last returns the latest message of Recommend and how many there were.
func (s *canned) last() (object, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.messages) == 0 {
		return nil, 0
	}
	return s.messages[len(s.messages)-1], len(s.messages)
}

// asked waits until Recommend was asked something that is wanted, and returns it.
func (s *canned) asked(p *tab, wanted func(object) bool) object {
	p.Helper()
	for end := time.Now().Add(patience); ; {
		m, _ := s.last()
		if m != nil && wanted(m) {
			return m
		}
		require.True(p, time.Now().Before(end), "the last question is %v", m)
		evaluate[bool](p, `new Promise((done) => setTimeout(() => done(true), 16))`)
	}
}

func (s *canned) upload(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uploads++
	if s.trouble != nil && s.trouble(w, true) {
		return
	}
	q := r.URL.Query()
	s.query = q.Encode()
	year := func(name string) float64 {
		n, _ := strconv.ParseFloat(q.Get(name), 64)
		return n
	}
	s.answer(w, object{"filter": object{"yearFrom": year("year_from"), "yearTo": year("year_to"), "playableOnly": q.Get("playable") == "true"}})
}

func (s *canned) recommend(w http.ResponseWriter, r *http.Request) {
	var m object
	if json.NewDecoder(r.Body).Decode(&m) != nil {
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, m)
	if s.trouble != nil && s.trouble(w, false) {
		return
	}
	s.answer(w, m)
}

func (s *canned) resolve(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trouble != nil && s.trouble(w, false) {
		return
	}
	link := "https://example.org/song"
	if s.hostile {
		link = "javascript:alert(3)"
	}
	reply(w, http.StatusOK, object{"url": "/v1/preview/tone.wav", "provider": "deezer", "link": link, "duration": 2})
}

type song struct {
	id, title, artist, preview string
	valence, arousal           float64
	year                       int
}

var songs = []song{
	{"a", "Bright Morning", "The Larks", "demo", .6, .4, 1968},
	{"b", "Slow River", "Ada Quist", "lookup", .5, -.5, 1977},
	{"c", "Iron Street", "Nine Volts", "none", -.5, .7, 1994},
	{"d", "Grey Window", "Lena Ost", "lookup", -.6, -.4, 2003},
	{"e", "Lantern", "Mori", "demo", .1, -.1, 2015},
	{"f", "Holiday", "The Larks", "lookup", .8, .5, 1985},
	{"g", "Undertow", "Marsh", "lookup", -.3, .1, 2019},
}

const attack = `<img src=x onerror=alert(1)>"'></script><script>alert(2)</script>`

func (s *canned) answer(w http.ResponseWriter, m object) {
	wanted := [2]float64{s.valence, -.3}
	if dials, ok := m["dials"].(object); ok {
		turn := 1 - 2*number(dials["contrast"])
		wanted[0], wanted[1] = turn*wanted[0], turn*wanted[1]
	}
	if target, ok := m["target"].(object); ok {
		wanted = [2]float64{number(target["valence"]), number(target["arousal"])}
	}
	filter, _ := m["filter"].(object)
	pool := slices.DeleteFunc(slices.Clone(songs), func(x song) bool {
		to := number(filter["yearTo"])
		return float64(x.year) < number(filter["yearFrom"]) || (to > 0 && float64(x.year) > to) ||
			(filter["playableOnly"] == true && x.preview == "none")
	})
	distance := func(x song) float64 { return math.Hypot(wanted[0]-x.valence, wanted[1]-x.arousal) }
	slices.SortFunc(pool, func(a, b song) int { return cmp.Compare(distance(a), distance(b)) })
	picks := []object{}
	for i, x := range pool[:min(5, len(pool))] {
		mood, rest := math.Exp(-distance(x)), .3+.1*float64(i)
		preview := object{"kind": x.preview}
		if x.preview == "demo" {
			preview["url"] = "/v1/preview/tone.wav"
		}
		title, why := x.title, "Both feel much the same."
		if s.hostile {
			title, why = []string{attack, string(bytes.Repeat([]byte("W"), 300)), "\u202eبحبك يا لبنان\u202c", "javascript:alert(1)", "夜に駆ける"}[i], attack
		}
		picks = append(picks, object{
			"song":  object{"id": x.id, "title": title, "artist": x.artist, "year": x.year, "affect": object{"valence": x.valence, "arousal": x.arousal}},
			"score": .6*mood + .4*rest, "why": why, "preview": preview,
			"parts": []object{
				{"name": "affect", "weight": .6, "value": mood, "contribution": .6 * mood, "evidence": []string{"the song feels near"}},
				{"name": "concepts", "weight": .4, "value": rest, "contribution": .4 * rest, "evidence": []string{"shares beach"}},
			},
		})
	}
	name := "beach"
	if s.hostile {
		name = attack
	}
	care := object{"noAutoplay": s.valence < -.35}
	if s.valence < -.35 {
		care["reason"] = "The picture seems to show something sad."
	}
	disagreement, decades := .05, []object{{"decade": 1990, "share": .2}, {"decade": 2000, "share": .2}}
	if s.doubts {
		care["reason"] = "Songs with a valence above .29 are held back, since it is not sure that the picture is that pleasant."
		disagreement, decades = .4, []object{{"decade": 1920, "share": .3}, {"decade": 1930, "share": .5}, {"decade": 1960, "share": .04}}
	}
	reply(w, http.StatusOK, object{
		"requestId": "01TEST",
		"encoder":   object{"id": "compact", "backend": "pure Go (avx2)", "device": "CPU", "reason": "it is the one installed"},
		"analysis": object{
			"affect": object{"valence": s.valence, "arousal": -.3, "spread": .25}, "state": base64.StdEncoding.EncodeToString([]byte("state")),
			"moods":          []object{{"concept": "calm", "name": "calm", "confidence": .7}},
			"scenes":         []object{{"concept": "beach", "name": name, "confidence": .9, "evidence": []object{{"tagger": "labels", "detail": "seashore 0.71", "weight": .7}}}},
			"colours":        []object{{"hex": "#33507a", "name": "grey blue", "share": .6}, {"hex": "#e0a060", "name": "orange", "share": .4}, {"hex": "red;}", "name": "no colour", "share": .1}},
			"affectEvidence": []object{{"tagger": "labels", "detail": "seashore 0.71", "weight": 1}},
			"disagreement":   disagreement, "era": object{"label": "unknown", "decades": decades},
		},
		"care":     care,
		"picks":    picks,
		"degraded": []object{{"part": "encoder", "reason": "the small model is used", "remedy": "Get a larger one."}},
	})
}

func number(v any) float64 {
	n, _ := v.(float64)
	return n
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// refuse answers an error in the form of the plain endpoint, or of Connect with a detail as protobuf bytes.
func refuse(w http.ResponseWriter, plain bool, status int, code, reason, remedy string, retry float64) {
	message := "package: " + reason
	if plain {
		reply(w, status, object{"code": code, "message": message, "reason": reason, "remedy": remedy, "retryAfter": retry})
		return
	}
	var detail bytes.Buffer
	for i, text := range []string{reason, remedy} {
		detail.WriteByte(byte(i+1)<<3 | 2)
		detail.Write(binary.AppendUvarint(nil, uint64(len(text))))
		detail.WriteString(text)
	}
	detail.WriteByte(3<<3 | 1)
	_ = binary.Write(&detail, binary.LittleEndian, retry)
	reply(w, status, object{"code": code, "message": message, "details": []object{
		{"type": "soundtrack.v1.ErrorDetail", "value": base64.RawStdEncoding.EncodeToString(detail.Bytes())},
	}})
}

// once lets trouble happen a number of times.
func times(n int, trouble func(w http.ResponseWriter, plain bool)) func(http.ResponseWriter, bool) bool {
	return func(w http.ResponseWriter, plain bool) bool {
		if n == 0 {
			return false
		}
		n--
		trouble(w, plain)
		return true
	}
}

func busy(w http.ResponseWriter, plain bool) {
	refuse(w, plain, http.StatusTooManyRequests, "resource_exhausted", "busy", "Try again in a moment.", 1)
}

func hangUp(w http.ResponseWriter, _ bool) {
	if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = connection.Close()
	}
}

// tone serves two seconds of a quiet sine.
func tone(w http.ResponseWriter, r *http.Request) {
	const rate, seconds = 8000, 2
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, binary.LittleEndian, v)
		}
	}
	put([]byte("RIFF"), uint32(36+2*rate*seconds), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2*rate), uint16(2), uint16(16), []byte("data"), uint32(2*rate*seconds))
	for i := range rate * seconds {
		put(int16(2000 * math.Sin(2*math.Pi*330*float64(i)/rate)))
	}
	w.Header().Set("Content-Type", "audio/wav")
	http.ServeContent(w, r, "tone.wav", time.Time{}, bytes.NewReader(b.Bytes()))
}

// picture makes a small PNG file.
func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, color.RGBA{uint8(60 + 120*y/height), uint8(90 + 60*x/width), 150, 255})
		}
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}
