package deezer

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestExpires(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]time.Time{
		"https://a.example/x.mp3?hdnea=exp=1759984567~acl=/x*~hmac=0": time.Unix(1759984567, 0),
		"https://a.example/x.mp3?hdnea=acl=/x*~exp=17~hmac=0":         time.Unix(17, 0),
		"https://a.example/x.mp3?hdnea=exp=soon~hmac=0":               {},
		"https://a.example/x.mp3?hdnea=exp=-5":                        {},
		"https://a.example/x.mp3?hdnea=exp=99999999999999999":         {},
		"https://a.example/x.mp3?exp=1759984567":                      {},
		"https://a.example/x.mp3":                                     {},
		"":                                                            {},
		"https://a.example/%":                                         {},
	} {
		require.Equal(t, want, expires(address), address)
	}
}

// Whatever decodes becomes a track without an address that is not https and without an absurd length.
func FuzzTrack(f *testing.F) {
	f.Add([]byte(`{"id":1,"title":"A","duration":1e300,"preview":"javascript:1","link":"https://x.example?hdnea=exp=1"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var decoded track
		if json.Unmarshal(body, &decoded) != nil {
			return
		}
		out := decoded.track()
		require.GreaterOrEqual(t, out.Duration, time.Duration(0))
		require.LessOrEqual(t, out.Duration, 24*time.Hour)
		for _, address := range []string{out.PreviewURL, out.Link} {
			if address != "" {
				require.Regexp(t, `(?i)^https://`, address)
			}
		}
	})
}
