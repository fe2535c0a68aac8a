package server

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// body is a request body under watch. It ends with an error as soon as it is known to be too long, to come when the
// server is full, to be compressed, or to take too long; from then on it gives nothing but that error.
type body struct {
	source  io.ReadCloser
	framed  bool                   // gRPC's framing: 5 bytes of flags and length, then the message
	unknown bool                   // its length was not announced, by header or frame
	admit   func(size int64) error // judges a size: when it is known, or when what has come is no longer small
	busy    func() error           // makes the error for a budget that is used up
	tell    func(error) error      // makes errors what the reader of the body expects
	done    func(took time.Duration)
	budget  *budget // of bytes held
	since   time.Time

	prefix [5]byte // of the frame
	size   int64   // of the frame's message, once its prefix is read
	read   int64
	held   int64
	err    error
}

const frameCompressed = 1 // flag of a frame

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.source.Read(p)
	if n > 0 {
		if !b.budget.take(int64(n)) {
			return 0, b.fail(b.busy())
		}
		b.held += int64(n)
		if err := b.watch(p[:n]); err != nil {
			return 0, b.fail(err)
		}
	}
	if errors.Is(err, io.EOF) {
		if b.framed && b.read < int64(len(b.prefix))+b.size {
			return n, b.fail(io.ErrUnexpectedEOF)
		}
		b.err = io.EOF
		b.done(time.Since(b.since))
		return n, io.EOF
	}
	if err != nil {
		return n, b.fail(err)
	}
	return n, nil
}

// watch looks at what has come and decides whether more may.
func (b *body) watch(p []byte) error {
	before := b.read
	b.read += int64(len(p))
	switch {
	case !b.framed && b.unknown && before <= smallUpload && b.read > smallUpload:
		return b.admit(b.read)
	case !b.framed || before >= int64(len(b.prefix)):
		return nil // judged already
	}
	copy(b.prefix[before:], p)
	if b.read < int64(len(b.prefix)) {
		return nil
	}
	if b.prefix[0]&frameCompressed != 0 {
		return errCompressed
	}
	b.size = int64(binary.BigEndian.Uint32(b.prefix[1:]))
	return b.admit(b.size)
}

// fail ends the body with an error, in the words of its reader.
func (b *body) fail(err error) error {
	var (
		tooLong *http.MaxBytesError
		broken  net.Error
	)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = errUploadTime
	case errors.As(err, &tooLong):
		err = b.admit(tooLong.Limit + 1)
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = invalidf("body", "it is shorter than announced")
	case errors.As(err, &broken):
		err = context.Canceled // the client has gone
	case judge(err).reason == reasonInternal:
		err = invalidf("body", "it cannot be read") // broken chunks, for instance
	}
	b.err = b.tell(err)
	return b.err
}

// Close implements io.Closer. What has been read stays in the budget until release.
func (b *body) Close() error { return b.source.Close() }

// release returns what is held to the budget.
func (b *body) release() { b.budget.give(b.held) }

// budget caps a number of bytes over all requests. It never waits.
type budget struct {
	level
	limit int64
}

// take reserves n more bytes, or reports that the budget does not have them.
func (b *budget) take(n int64) bool {
	if b.add(n) > b.limit {
		b.add(-n)
		return false
	}
	return true
}

// give returns n bytes.
func (b *budget) give(n int64) { b.add(-n) }
