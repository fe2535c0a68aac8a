package server

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"net/http"
	"strings"
	"time"
)

// call is what is noted about one request while it is answered. It belongs to the goroutine of its handler.
type call struct {
	id        string // of the request: the client's, the answer's, or one of our own
	given     bool   // id is the client's
	answer    string // id of the answer, once there is one
	procedure string // of a closed list
	protocol  string // "connect", "grpc", "grpc-web" or "http"
	code      string // code of the answer, "" until it is known
	started   time.Time
}

type callKey struct{}

// callFrom returns the call that ctx belongs to; outside of one it is a call that nobody reads.
func callFrom(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return new(call)
}

// noteAnswer keeps the id of an answer; it becomes that of the request if the client gave none.
func noteAnswer(ctx context.Context, id string) {
	c := callFrom(ctx)
	c.answer = id
	if !c.given && saneID(id) {
		c.id = id
	}
}

const headerRequestID = "X-Request-Id"

// newCall starts the notes on a request.
func newCall(r *http.Request) *call {
	c := &call{started: time.Now(), procedure: "other", protocol: protocolOf(r)}
	if id := r.Header.Get(headerRequestID); saneID(id) {
		c.id, c.given = id, true
	} else {
		c.id = newID(c.started)
	}
	return c
}

// protocolOf tells protocols apart by their content types.
func protocolOf(r *http.Request) string {
	contentType, _, _ := strings.Cut(strings.ToLower(r.Header.Get("Content-Type")), ";")
	switch {
	case strings.HasPrefix(contentType, "application/grpc-web"):
		return "grpc-web"
	case strings.HasPrefix(contentType, "application/grpc"):
		return "grpc"
	case isRPC(r.URL.Path):
		return "connect"
	default:
		return "http"
	}
}

// saneID reports whether an id from outside may go into headers and logs.
func saneID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, b := range []byte(id) {
		letter := b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
		if !letter && b != '-' && b != '_' && b != '.' {
			return false
		}
	}
	return true
}

// idEncoding is Crockford's base 32: no letter is taken for a digit, and the order of texts is that of the bytes.
var idEncoding = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// newID makes an id like that of an answer: 26 characters, sortable by time, 80 of its bits random.
func newID(now time.Time) string {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:], uint64(now.UnixMilli())<<16)
	_, _ = rand.Read(raw[6:]) // never fails
	return idEncoding.EncodeToString(raw[:])
}

// recorder notes what is answered, and adds the request id at the last moment: it may be that of the answer.
type recorder struct {
	http.ResponseWriter
	call   *call
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
		w.Header().Set(headerRequestID, w.call.id)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Flush implements http.Flusher, which Connect asks for.
func (w *recorder) Flush() {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Unwrap gives http.ResponseController the writer below.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// code is the code of the answer: what was noted, else what gRPC's trailers say, else what the status says.
func (w *recorder) code() string {
	if w.call.code != "" {
		return w.call.code
	}
	for _, key := range []string{"Grpc-Status", http.TrailerPrefix + "Grpc-Status"} {
		if v := w.Header()[key]; len(v) > 0 && v[0] != "0" {
			return codeOfGRPC(v[0])
		}
	}
	return codeOfStatus(w.status)
}
