package vision

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// readAll reads r to its end, limit bytes at most, and stops when ctx is done.
func readAll(ctx context.Context, r io.Reader, limit int64) ([]byte, error) {
	if r == nil {
		return nil, errors.New("vision: decode: reader is nil")
	}
	size := int64(64 << 10)
	if sized, ok := r.(interface{ Len() int }); ok { // bytes.Reader and its kin know
		size = int64(sized.Len()) + 1
	}
	data := make([]byte, 0, min(size, limit+1))
	for {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("vision: decode: %w", err)
		}
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		// At most 64 KiB at a time, so that a done context is seen, and never more than a byte beyond the limit.
		end := min(int64(cap(data)), int64(len(data)+64<<10), limit+1)
		free := data[len(data):end]
		n, err := r.Read(free)
		data = data[:len(data)+n]
		if int64(len(data)) > limit {
			return nil, &RefusalError{Reason: ReasonBytes, Limit: limit, Got: int64(len(data))}
		}
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return nil, fmt.Errorf("vision: decode: read: %w", err)
		}
	}
}

// contextReader feeds a decoder in small pieces and fails as soon as its context is done. Decoders know nothing of
// contexts, but all of them stop when they cannot read.
type contextReader struct {
	ctx         context.Context
	data        []byte
	piece       int
	scans       int
	denominator int   // how many times smaller a decoder that can may make the picture
	err         error // of the context, once it was seen
}

// newContextReader returns a reader of data. The less input a picture has for the work it makes, the smaller the pieces:
// about a megabyte of decoded samples each, and 16 to 512 bytes.
func newContextReader(ctx context.Context, data []byte, memory int64, scans int) *contextReader {
	const (
		smallest, largest = 16, 512
		work              = 1 << 20
	)
	rounds := max(memory/work, 1) * int64(max(scans, 1))
	piece := int(min(max(int64(len(data))/rounds, smallest), largest))
	return &contextReader{ctx: ctx, data: data, piece: piece, scans: scans, denominator: 1}
}

// check returns the context's error, and remembers it.
func (r *contextReader) check() error {
	r.err = r.ctx.Err()
	return r.err
}

func (r *contextReader) Read(p []byte) (int, error) {
	if err := r.check(); err != nil {
		return 0, err
	}
	if len(r.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.piece)], r.data)
	r.data = r.data[n:]
	return n, nil
}
