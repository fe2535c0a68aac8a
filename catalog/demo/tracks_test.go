package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
)

var update = flag.Bool("update", false, "rewrite testdata")

const digestsFile = "testdata/tracks.sha256"

// rendered holds every track that a test asked for, so that each is rendered once.
var rendered sync.Map // name → func() ([]byte, error)

func wavOf(t *testing.T, name string) []byte {
	t.Helper()
	once, _ := rendered.LoadOrStore(name, sync.OnceValues(func() ([]byte, error) {
		var b bytes.Buffer
		err := Render(t.Context(), &b, name)
		return b.Bytes(), err
	}))
	data, err := once.(func() ([]byte, error))()
	require.NoError(t, err)
	return data
}

// samplesOf finds the samples by walking the chunks as a player does.
func samplesOf(t *testing.T, file []byte) (format, pcm []byte) {
	t.Helper()
	require.Equal(t, "RIFF", string(file[:4]))
	require.EqualValues(t, len(file)-8, binary.LittleEndian.Uint32(file[4:]))
	require.Equal(t, "WAVE", string(file[8:12]))
	for rest := file[12:]; len(rest) >= 8; {
		size := int(binary.LittleEndian.Uint32(rest[4:]))
		require.LessOrEqual(t, size, len(rest)-8)
		body := rest[8 : 8+size]
		switch string(rest[:4]) {
		case "fmt ":
			format = body
		case "data":
			pcm = body
		}
		rest = rest[8+size+size%2:]
	}
	require.NotNil(t, format)
	require.NotNil(t, pcm)
	return format, pcm
}

// eachTrack runs a test for every track, or for one a quadrant with -short.
func eachTrack(t *testing.T, test func(t *testing.T, track Track, file []byte, s sound)) {
	t.Helper()
	for i, track := range Tracks() {
		if testing.Short() && i%6 != i/6 {
			continue
		}
		t.Run(track.Name, func(t *testing.T) {
			t.Parallel()
			file := wavOf(t, track.Name)
			_, pcm := samplesOf(t, file)
			test(t, track, file, decode(t, pcm))
		})
	}
}

// The same bytes come out on every platform; see package synth for how. -update rewrites the digests.
func TestTracksAreTheSameBytes(t *testing.T) {
	t.Parallel()
	if *update {
		var lines strings.Builder
		for _, track := range Tracks() {
			sum := sha256.Sum256(wavOf(t, track.Name))
			fmt.Fprintf(&lines, "%s  %s.wav\n", hex.EncodeToString(sum[:]), track.Name)
		}
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(digestsFile, []byte(lines.String()), 0o644))
	}
	golden, err := os.ReadFile(digestsFile)
	require.NoError(t, err)
	require.Equal(t, len(Tracks()), strings.Count(string(golden), "\n"))
	eachTrack(t, func(t *testing.T, track Track, file []byte, _ sound) {
		sum := sha256.Sum256(file)
		require.Contains(t, string(golden), hex.EncodeToString(sum[:])+"  "+track.Name+".wav\n",
			"the track changed: if that is meant, raise edition in wav.go and run with -update")
	})
}

func TestTracksHaveTheirFormat(t *testing.T) {
	t.Parallel()
	eachTrack(t, func(t *testing.T, track Track, file []byte, s sound) {
		format, pcm := samplesOf(t, file)
		require.Equal(t, []byte{1, 0, 2, 0, 0x44, 0xac, 0, 0, 0x10, 0xb1, 2, 0, 4, 0, 16, 0}, format, "PCM, stereo, 44100 Hz, 16 bits")
		seconds := float64(len(pcm)) / 4 / 44100
		require.InDelta(t, track.Duration.Seconds(), seconds, 1e-4)
		require.True(t, seconds >= 20 && seconds <= 30, "%.1f s", seconds)
	})
}

// Peaks reach −1 dBFS and no more, nothing clips, there is no direct current, both ends are silent, the sides differ but
// agree enough to survive on one loudspeaker, and no track is much louder than another.
func TestTracksAreWellMastered(t *testing.T) {
	t.Parallel()
	eachTrack(t, func(t *testing.T, _ Track, _ []byte, s sound) {
		var peak, mean float64
		for i := range s.left {
			peak = max(peak, math.Abs(s.left[i]), math.Abs(s.right[i]))
			mean += s.middle[i] / float64(len(s.middle))
		}
		require.InDelta(t, -1, 20*math.Log10(peak), .02, "peak in dBFS")
		require.InDelta(t, 0, mean, 1e-4, "direct current")
		require.InDelta(t, -18.5, 20*math.Log10(rms(s.middle)), 2.6, "level in dBFS")
		require.Less(t, rms(s.middle[:1000]), .005, "start")
		require.Less(t, rms(s.middle[len(s.middle)-2000:]), .005, "end")
		side := make([]float64, len(s.left))
		for i := range side {
			side[i] = (s.left[i] - s.right[i]) / 2
		}
		width := 20 * math.Log10(rms(side)/rms(s.middle))
		require.True(t, width > -30 && width < 0, "side to middle: %.1f dB", width)
		for at := 44100; at+22050 < len(s.middle)-4*44100; at += 22050 { // no hole before the last chord
			require.Greater(t, 20*math.Log10(rms(s.middle[at:at+22050])), -45.0, "silence at %.1f s", float64(at)/44100)
		}
	})
}

// The tempo is measured from the onsets: their strongest period lies on a half or a whole number of beats, and the period
// next to four beats is four beats long to half a percent. Which multiple of the beat is "the" tempo cannot be heard out
// of a pulse train, so the test does not ask.
func TestTracksKeepTheirTempo(t *testing.T) {
	t.Parallel()
	eachTrack(t, func(t *testing.T, track Track, _ []byte, s sound) {
		onsets := s.onsets()
		beat := 60 / track.Tempo
		strongest, lag := 0.0, 0.0
		for l := .25; l < 2.2; l += .005 {
			if p := periodicity(onsets, l); p > strongest {
				strongest, lag = p, l
			}
		}
		halves := lag / beat * 2
		require.InDelta(t, math.Round(halves), halves, .06, "strongest period %.3f s is %.2f beats", lag, lag/beat)
		require.Greater(t, strongest, .15)
		bar := float64(track.Beats) * beat
		strongest, lag = 0, 0
		for l := bar * .96; l < bar*1.04; l += bar * .0005 {
			if p := periodicity(onsets, l); p > strongest {
				strongest, lag = p, l
			}
		}
		require.InEpsilon(t, bar, lag, .005, "bar of %.3f s", lag)
	})
}

// The key is measured by correlating the chroma with probe-tone ratings: of all 24 keys, the composed one wins.
func TestTracksAreInTheirKey(t *testing.T) {
	t.Parallel()
	eachTrack(t, func(t *testing.T, track Track, _ []byte, s sound) {
		ranked := keys(s.chroma())
		require.Equal(t, track.Key+" "+string(track.Mode), ranked[0].key+" "+string(ranked[0].mode), "%.2f, then %v", ranked[0].score, ranked[1])
		require.Greater(t, ranked[0].score, .7)
		pleasant := track.Affect.Valence > 0
		require.Equal(t, pleasant, track.Mode == Major, "pleasant tracks are major, unpleasant ones minor")
	})
}

// Stirring tracks are brighter than calm ones of the same ensemble, so instruments are not the reason.
func TestTracksDifferByArousal(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs all tracks")
	}
	bright, flux := map[string]map[bool][]float64{}, map[bool][]float64{}
	for _, track := range Tracks() {
		_, pcm := samplesOf(t, wavOf(t, track.Name))
		s := decode(t, pcm)
		stirring := track.Affect.Arousal > 0
		if bright[track.Artist] == nil {
			bright[track.Artist] = map[bool][]float64{}
		}
		bright[track.Artist][stirring] = append(bright[track.Artist][stirring], s.brightness())
		flux[stirring] = append(flux[stirring], rms(s.onsets()))
	}
	for artist, b := range bright {
		require.Greater(t, slices.Min(b[true]), slices.Max(b[false])*1.1, artist)
	}
	require.Greater(t, rms(flux[true]), rms(flux[false])*1.2, "accents")
}

func TestTracksAreDistinct(t *testing.T) {
	t.Parallel()
	names, tempos := map[string]bool{}, map[float64]bool{}
	perArtist := map[string]map[tagging.Quadrant]bool{}
	for _, track := range Tracks() {
		require.False(t, names[track.Name] || names[track.Title])
		names[track.Name], names[track.Title] = true, true
		tempos[track.Tempo] = true
		require.True(t, track.Tempo >= 60 && track.Tempo <= 150)
		require.Equal(t, track.Affect.Quadrant(), track.Quadrant)
		if perArtist[track.Artist] == nil {
			perArtist[track.Artist] = map[tagging.Quadrant]bool{}
		}
		require.False(t, perArtist[track.Artist][track.Quadrant], "%s has two in a quadrant", track.Artist)
		perArtist[track.Artist][track.Quadrant] = true
	}
	require.Len(t, perArtist, 6)
	require.Greater(t, len(tempos), 18)
	first := Tracks()
	first[0].Concepts[0] = "changed"
	require.NotEqual(t, "changed", Tracks()[0].Concepts[0], "the caller owns the result")
}
