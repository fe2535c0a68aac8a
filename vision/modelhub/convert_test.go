package modelhub

import (
	"context"
	"errors"
	"io"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConversion(t *testing.T) {
	t.Parallel()
	original := model(5000)
	server := serveData(t, original)
	f := fileOf(reverse(original), server.URL)
	f.Convert, f.Original = "reverse", digestOf(original)
	mishap := errors.New("mishap")
	rows := []struct {
		name    string
		convert Converter
		want    []error
	}{
		{"good", reversed, nil},
		{"fails", func(context.Context, io.ReaderAt, int64, io.Writer) error { return mishap }, []error{ErrConverter, mishap}},
		{"writes something else", func(_ context.Context, _ io.ReaderAt, _ int64, w io.Writer) error {
			_, err := w.Write(original)
			return err
		}, []error{ErrDigest}},
		{"writes too little", func(_ context.Context, _ io.ReaderAt, _ int64, w io.Writer) error {
			_, err := w.Write(reverse(original)[:4999])
			return err
		}, []error{ErrDigest}},
		{"never ends", func(_ context.Context, _ io.ReaderAt, _ int64, w io.Writer) error {
			for {
				if _, err := w.Write(original); err != nil {
					return err
				}
			}
		}, []error{ErrConverter, ErrDigest}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			hub := newHub(t, WithConverter("reverse", row.convert))
			if row.want == nil {
				requireFetched(t, hub, f, reverse(original))
				return
			}
			_, err := hub.FetchFile(t.Context(), f)
			for _, want := range row.want {
				require.ErrorIs(t, err, want)
			}
			require.Empty(t, snapshot(t, hub))
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		hub := newHub(t, WithConverter("reverse", func(ctx context.Context, _ io.ReaderAt, _ int64, _ io.Writer) error {
			cancel()
			return ctx.Err()
		}))
		_, err := hub.FetchFile(ctx, f)
		require.ErrorIs(t, err, context.Canceled)
		require.NotErrorIs(t, err, ErrConverter)
	})
}

// smallDisk is a file on a disk with room for left bytes.
type smallDisk struct {
	diskFile
	left *int
}

func (d smallDisk) Write(p []byte) (int, error) {
	n := min(len(p), *d.left)
	*d.left -= n
	if n < len(p) {
		return n, &os.PathError{Op: "write", Path: "small", Err: syscall.ENOSPC}
	}
	return d.diskFile.Write(p)
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	original := model(1 << 20)
	data := reverse(original)
	for name, room := range map[string]int{
		"while downloading": 300_000, "while converting": 1<<20 + 1000, "at once": 0,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serveData(t, original)
			mirror := serveData(t, original)
			f := fileOf(data, server.URL, mirror.URL)
			f.Convert, f.Original = "reverse", digestOf(original)
			left := room
			full := optionFunc(func(c *config) error {
				c.openFile = func(name string, flag int, perm os.FileMode) (diskFile, error) {
					file, err := openDiskFile(name, flag, perm)
					return smallDisk{file, &left}, err
				}
				return nil
			})
			hub := newHub(t, WithConverter("reverse", reversed), full)
			_, err := hub.FetchFile(t.Context(), f)
			require.ErrorIs(t, err, ErrNoSpace)
			require.NotErrorIs(t, err, ErrConverter)
			require.NotErrorIs(t, err, ErrUnavailable, "no other source would help")
			require.Zero(t, mirror.count())
			require.Empty(t, snapshot(t, hub))

			left = 10 << 20 // somebody tidied up
			requireFetched(t, hub, f, data)
		})
	}
}
