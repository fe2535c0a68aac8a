package vision_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// TestLimits shows each limit at −1, at the limit, and at +1.
func TestLimits(t *testing.T) {
	t.Parallel()
	tEXt := chunkPNG("tEXt", []byte("k\x00v"))
	png := func(w, h int, extra ...[]byte) func(*testing.T) []byte {
		return func(t *testing.T) []byte { return forgePNG(t, w, h, extra...) }
	}
	padded := func(n int) func(*testing.T) []byte {
		return func(t *testing.T) []byte {
			file := forgePNG(t, 4, 4)
			return append(file, make([]byte, n-len(file))...)
		}
	}
	chunks := func(n int) func(*testing.T) []byte { // IHDR, IDAT and IEND are three
		return func(t *testing.T) []byte { return forgePNG(t, 4, 4, bytes.Repeat(tEXt, n-3)) }
	}
	scans := func(w, n int) func(*testing.T) []byte {
		return func(*testing.T) []byte { return forgeProgressive(w, 8, n) }
	}
	for _, c := range []struct {
		name             string
		limits           vision.Limits
		reason           vision.Reason
		limit, got       int64
		below, at, above func(*testing.T) []byte
	}{
		{"bytes", vision.Limits{Bytes: 200}, vision.ReasonBytes, 200, 201, padded(199), padded(200), padded(201)},
		{"pixels", vision.Limits{Pixels: 100}, vision.ReasonPixels, 100, 101, png(9, 11), png(10, 10), png(101, 1)},
		{"width", vision.Limits{Side: 50}, vision.ReasonSide, 50, 51, png(49, 2), png(50, 2), png(51, 2)},
		{"height", vision.Limits{Side: 50}, vision.ReasonSide, 50, 51, png(2, 49), png(2, 50), png(2, 51)},
		{"decoded bytes", vision.Limits{DecodedBytes: 60}, vision.ReasonDecodedBytes, 60, 61, png(59, 1), png(60, 1), png(61, 1)},
		{"chunks", vision.Limits{Chunks: 9}, vision.ReasonChunks, 9, 10, chunks(8), chunks(9), chunks(10)},
		{"scans", vision.Limits{Scans: 7}, vision.ReasonScans, 7, 8, scans(8, 6), scans(8, 7), scans(8, 8)},
		{"scan pixels", vision.Limits{ScanPixels: 640}, vision.ReasonScanPixels, 640, 704, scans(8, 9), scans(8, 10), scans(8, 11)},
		{"aspect", vision.Limits{Aspect: 5}, vision.ReasonAspect, 5, 6, png(14, 3), png(15, 3), png(16, 3)},
		{"default chunks", vision.Limits{}, vision.ReasonChunks, 1000, 1001, chunks(999), chunks(1000), chunks(1001)},
		{"default scans", vision.Limits{}, vision.ReasonScans, 100, 101, scans(8, 99), scans(8, 100), scans(8, 101)},
		{"default aspect", vision.Limits{}, vision.ReasonAspect, 100, 101, png(1, 99), png(1, 100), png(1, 101)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			limits := c.limits
			if limits.Aspect == 0 && c.reason != vision.ReasonAspect {
				limits.Aspect = 1000 // pictures of a row are convenient
			}
			for _, accepted := range []func(*testing.T) []byte{c.below, c.at} {
				file := accepted(t)
				decode(t, file, vision.WithLimits(limits))
				_, err := vision.Probe(bytes.NewReader(file), vision.WithLimits(limits))
				require.NoError(t, err)
			}
			file := c.above(t)
			_, err := vision.Decode(t.Context(), bytes.NewReader(file), vision.WithLimits(limits))
			requireRefusal(t, err, vision.ErrTooLarge, c.reason)
			var refusal *vision.RefusalError
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, c.limit, refusal.Limit)
			require.Equal(t, c.got, refusal.Got)
			_, probed := vision.Probe(bytes.NewReader(file), vision.WithLimits(limits))
			require.Equal(t, err, probed)
		})
	}
}

// requireRefusal demands a RefusalError of one reason that matches one sentinel, and no other.
func requireRefusal(t *testing.T, err, sentinel error, reason vision.Reason) {
	t.Helper()
	var refusal *vision.RefusalError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, reason, refusal.Reason)
	for _, s := range []error{vision.ErrFormat, vision.ErrTooLarge, vision.ErrCorrupt, vision.ErrEmpty} {
		require.Equal(t, s.Error() == sentinel.Error(), errors.Is(err, s), "%v against %v", err, s)
	}
	require.NotContains(t, err.Error(), "%!")
}

// TestLimitsDefault holds the documented defaults against headers, which is all that Probe and a refusal look at.
func TestLimitsDefault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		file   []byte
		reason vision.Reason // empty: accepted
	}{
		{"50 MP grey", headerPNG(10_000, 5_000, 8, 0, 0), ""},
		{"50 MP RGB", headerPNG(10_000, 5_000, 8, 2, 0), ""},
		{"50 MP RGBA 16", headerPNG(10_000, 5_000, 16, 6, 0), vision.ReasonDecodedBytes},
		{"over 50 MP", headerPNG(10_000, 5_001, 8, 0, 0), vision.ReasonPixels},
		{"side 16384", headerPNG(16_384, 3_000, 8, 0, 0), ""},
		{"side 16385", headerPNG(16_385, 3_000, 8, 0, 0), vision.ReasonSide},
		{"65535 square", headerPNG(65_535, 65_535, 8, 6, 0), vision.ReasonSide},
		{"2³¹−1 square", headerPNG(1<<31-1, 1<<31-1, 16, 6, 1), vision.ReasonSide},
		{"256 MiB", headerPNG(8_192, 4_096, 16, 6, 0), ""},
		{"256 MiB and a row", headerPNG(8_192, 4_097, 16, 6, 0), vision.ReasonDecodedBytes},
		{"interlaced costs half more", headerPNG(8_192, 4_096, 16, 6, 1), vision.ReasonDecodedBytes},
		{"50 MP JPEG", append([]byte("\xff\xd8"), headerJPEG(0xc0, 10_000, 5_000, 0x22, 0x11, 0x11)...), ""},
		{"24 MP progressive JPEG", append([]byte("\xff\xd8"), headerJPEG(0xc2, 6_000, 4_000, 0x22, 0x11, 0x11)...), ""},
		{"50 MP progressive JPEG", append([]byte("\xff\xd8"), headerJPEG(0xc2, 10_000, 5_000, 0x22, 0x11, 0x11)...), ""},
		{"50 MP progressive JPEG, full chroma", append([]byte("\xff\xd8"), headerJPEG(0xc2, 10_000, 5_000, 0x11, 0x11, 0x11)...), vision.ReasonDecodedBytes},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, err := vision.Probe(bytes.NewReader(c.file))
			require.Less(t, time.Since(start), time.Second) // 5 ms on a quiet machine
			if c.reason == "" {
				require.NoError(t, err)
				return
			}
			requireRefusal(t, err, vision.ErrTooLarge, c.reason)
		})
	}
}

// countingReader counts what is taken from an endless stream.
type countingReader struct{ n int64 }

func (r *countingReader) Read(p []byte) (int, error) {
	r.n += int64(len(p))
	return len(p), nil
}

func TestLimitsEndlessReader(t *testing.T) {
	t.Parallel()
	r := new(countingReader)
	_, err := vision.Decode(t.Context(), r)
	requireRefusal(t, err, vision.ErrTooLarge, vision.ReasonBytes)
	require.LessOrEqual(t, r.n, int64(16<<20+1))
}

func TestLimitsOneByteAtATime(t *testing.T) {
	t.Parallel()
	file := encodePNG(t, drawn(20, 10))
	pic, err := vision.Decode(t.Context(), iotest.OneByteReader(bytes.NewReader(file)))
	require.NoError(t, err)
	require.Equal(t, "20×10 png", pic.String())
	_, err = vision.Decode(t.Context(), iotest.ErrReader(io.ErrClosedPipe))
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

func TestLimitsRefuseNegatives(t *testing.T) {
	t.Parallel()
	for _, l := range []vision.Limits{
		{Bytes: -1}, {Pixels: -1}, {Side: -1}, {DecodedBytes: -1}, {Scans: -1}, {ScanPixels: -1}, {Chunks: -1}, {Aspect: -1},
	} {
		_, err := vision.Probe(bytes.NewReader(nil), vision.WithLimits(l))
		require.ErrorContains(t, err, "want 0 for the default")
	}
}

// TestLimitsLargePNG tells of a rule that came from counting: encoders cut picture data into chunks of 8 KiB, so that a cap
// on all chunks would refuse every large screenshot.
func TestLimitsLargePNG(t *testing.T) {
	t.Parallel()
	file := headerPNG(4, 4, 8, 0, 0)
	file = append(file, bytes.Repeat(chunkPNG("IDAT", make([]byte, 4096)), 1500)...)
	_, err := vision.Probe(bytes.NewReader(file))
	require.NoError(t, err)
	file = append(headerPNG(4, 4, 8, 0, 0), bytes.Repeat(chunkPNG("IDAT", make([]byte, 4095)), 1500)...)
	_, err = vision.Probe(bytes.NewReader(file))
	requireRefusal(t, err, vision.ErrTooLarge, vision.ReasonChunks)
}
