package server

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/preview"
	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
)

// fileSong is a song whose preview is a file.
func fileSong(title, path string) catalog.Song {
	return catalog.Song{Title: title, Artist: "Local", Previews: []catalog.Preview{{Kind: catalog.PreviewFile, Ref: path}}}
}

func writeFile(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func TestPreviewRanges(t *testing.T) {
	t.Parallel()
	sound := testSound()
	r := start(t, newFake(t, fileSong("Tape", writeFile(t, "tape.wav", sound))), WithDemos(fakeDemos{sound}))
	for _, path := range []string{demoPath + "calm-sea", filePath + idOf("Tape", "Local")} {
		for _, row := range []struct {
			name, method, ask, got string
			status                 int
			from, to               int
		}{
			{"all", http.MethodGet, "", "", http.StatusOK, 0, len(sound)},
			{"head", http.MethodHead, "", "", http.StatusOK, 0, 0},
			{"start", http.MethodGet, "bytes=0-9", "bytes 0-9/1016", http.StatusPartialContent, 0, 10},
			{"middle", http.MethodGet, "bytes=500-599", "bytes 500-599/1016", http.StatusPartialContent, 500, 600},
			{"rest", http.MethodGet, "bytes=1000-", "bytes 1000-1015/1016", http.StatusPartialContent, 1000, 1016},
			{"end", http.MethodGet, "bytes=-16", "bytes 1000-1015/1016", http.StatusPartialContent, 1000, 1016},
		} {
			t.Run(path+" "+row.name, func(t *testing.T) {
				res := r.do(t, row.method, path, nil, header("Range", row.ask))
				require.Equal(t, row.status, res.status)
				require.Equal(t, row.got, res.header.Get("Content-Range"))
				require.Equal(t, "audio/wav", res.header.Get("Content-Type"))
				require.Equal(t, "nosniff", res.header.Get("X-Content-Type-Options"))
				require.Equal(t, "bytes", res.header.Get("Accept-Ranges"))
				require.Equal(t, string(sound[row.from:row.to]), string(res.body))
			})
		}
		t.Run(path+" beyond", func(t *testing.T) {
			require.Equal(t, http.StatusRequestedRangeNotSatisfiable, r.do(t, http.MethodGet, path, nil, header("Range", "bytes=2000-")).status)
		})
	}
}

// TestPreviewPaths: nothing but the sound of a song that is in the store comes out, whatever is asked for.
func TestPreviewPaths(t *testing.T) {
	t.Parallel()
	sound := testSound()
	secret := writeFile(t, "secret.wav", []byte("root:x:0:0:CANARY, which is not a sound"))
	outside := writeFile(t, "outside.wav", append(sound, "CANARY"...))
	root := t.TempDir()
	inside := filepath.Join(root, "inside.wav")
	require.NoError(t, os.WriteFile(inside, sound, 0o600))
	link := filepath.Join(root, "link.wav")
	require.NoError(t, os.Symlink(outside, link))
	songs := []catalog.Song{
		fileSong("Inside", inside), fileSong("Dots", root+"/sub/../inside.wav"), fileSong("Outside", outside), fileSong("Secret", secret),
		fileSong("Link", link), fileSong("Gone", filepath.Join(root, "gone.wav")), fileSong("Folder", root), fileSong("Device", "/dev/zero"),
		fileSong("Escape", root+"/../../../../../../etc/passwd"),
	}
	open := start(t, newFake(t, songs...), WithDemos(fakeDemos{sound}))
	rooted := start(t, newFake(t, songs...), WithDemos(fakeDemos{sound}), WithMediaRoots(root))
	for _, row := range []struct {
		title      string
		open, kept int
	}{
		{"Inside", http.StatusOK, http.StatusOK},
		{"Dots", http.StatusNotFound, http.StatusOK}, // the system looks for sub, the root does not
		{"Outside", http.StatusOK, http.StatusNotFound},
		{"Link", http.StatusOK, http.StatusNotFound},
		{"Secret", http.StatusNotFound, http.StatusNotFound},
		{"Gone", http.StatusNotFound, http.StatusNotFound},
		{"Folder", http.StatusNotFound, http.StatusNotFound},
		{"Device", http.StatusNotFound, http.StatusNotFound},
		{"Escape", http.StatusNotFound, http.StatusNotFound},
	} {
		t.Run(row.title, func(t *testing.T) {
			path := filePath + idOf(row.title, "Local")
			require.Equal(t, row.open, open.do(t, http.MethodGet, path, nil).status)
			res := rooted.do(t, http.MethodGet, path, nil)
			require.Equal(t, row.kept, res.status)
			require.NotContains(t, string(res.body), "CANARY")
			require.NotContains(t, string(res.body), root)
			if row.kept != http.StatusOK {
				require.Equal(t, reasonNoPreview, res.error(t).Reason)
			}
		})
	}
	for _, path := range []string{
		filePath + "..%2f..%2f..%2fetc%2fpasswd", filePath + "../../../etc/passwd", filePath + "%2e%2e/x", filePath + outside,
		filePath + "s0", filePath, filePath + "x%00", demoPath + "..%2fsecret", demoPath + "../file/x", demoPath + "Calm-Sea",
		demoPath + "calm-sea%2f", demoPath + "calm-sea.wav", demoPath + "other", demoPath,
	} {
		t.Run(path, func(t *testing.T) {
			res := open.do(t, http.MethodGet, path, nil)
			require.GreaterOrEqual(t, res.status, 400)
			require.NotContains(t, string(res.body), "CANARY")
		})
	}
}

func TestSoundType(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ head, want string }{
		{"ID3\x04", "audio/mpeg"}, {"\xff\xfb\x90\x64", "audio/mpeg"}, {"\xff\xf3", "audio/mpeg"}, {"\xff\xf1\x50\x80", "audio/aac"},
		{"fLaC\x00", "audio/flac"}, {"OggS\x00", "audio/ogg"}, {"RIFF\x00\x00\x00\x00WAVE", "audio/wav"},
		{"\x00\x00\x00\x20ftypM4A ", "audio/mp4"},
		{"RIFF\x00\x00\x00\x00WEBP", ""}, {"\x00\x00\x00\x20ftypheic", ""}, {"\xff\xd8\xff\xe0", ""}, {"<html>", ""}, {"", ""}, {"\xff", ""}, {"\xff\xe1", ""},
	} {
		require.Equal(t, row.want, soundType([]byte(row.head)), "%q", row.head)
	}
}

// resolver is a fake of package preview.
type resolver func(catalog.Song) (preview.Playable, error)

func (f resolver) Resolve(_ context.Context, song catalog.Song) (preview.Playable, error) {
	return f(song)
}

func TestResolvePreview(t *testing.T) {
	t.Parallel()
	found := resolver(func(song catalog.Song) (preview.Playable, error) {
		switch song.Title {
		case "Elsewhere":
			return preview.Playable{Kind: catalog.PreviewDeezer, URL: "https://cdn.example/a.mp3?sig=1", Link: "https://deezer.example/1", Duration: 30 * time.Second}, nil
		case "Fixed":
			return preview.Playable{Kind: catalog.PreviewITunes, URL: "javascript:alert(1)", Link: "javascript:alert(2)"}, nil
		case "Silent":
			return preview.Playable{}, &preview.NoPreviewError{Title: song.Title, Artist: song.Artist, Attempts: []preview.Attempt{
				{Provider: "deezer", Way: "search", Reason: "failed", Err: errors.New("CANARY")},
			}}
		case "Demo":
			return preview.Playable{Kind: catalog.PreviewDemo, Demo: "calm-sea"}, nil
		default:
			return preview.Playable{}, errors.New("CANARY")
		}
	})
	song := fileSong("Tape", "/CANARY/tape.wav")
	with := start(t, newFake(t, song), WithPreviews(found), WithDemos(fakeDemos{testSound()})).client()
	without := start(t, newFake(t, song)).client()
	for _, row := range []struct {
		title, artist string
		res           *v1.ResolvePreviewResponse // nil for an error
		reason        string
		own           string // address, or reason, without a resolver
		with, without string // kinds of previews
	}{
		{"Elsewhere", "They", &v1.ResolvePreviewResponse{
			Url: "https://cdn.example/a.mp3?sig=1", Provider: "deezer", Link: "https://deezer.example/1", Duration: 30,
		}, "", reasonNoPreview, kindLookup, kindNone},
		{"Fixed", "Them", nil, reasonInternal, "https://example.org/a.mp3", kindLookup, kindLookup},
		{"Silent", "Nobody", nil, reasonNoPreview, reasonNoPreview, kindLookup, kindNone},
		{"Demo", "Ours", &v1.ResolvePreviewResponse{Url: demoPath + "calm-sea", Provider: "demo"}, "", reasonNoPreview, kindDemo, kindNone},
		{"Tape", "Local", nil, reasonInternal, filePath + idOf("Tape", "Local"), kindFile, kindFile},
	} {
		t.Run(row.title, func(t *testing.T) {
			id := idOf(row.title, row.artist)
			res, err := with.ResolvePreview(t.Context(), &v1.ResolvePreviewRequest{SongId: id})
			if row.res == nil {
				require.Equal(t, row.reason, detail(t, err).Reason)
				require.NotContains(t, err.Error(), "CANARY")
				if row.reason == reasonNoPreview {
					require.ErrorContains(t, err, `nothing to play for "Silent" by "Nobody": deezer (by search) failed`)
				}
			} else {
				require.NoError(t, err)
				require.Equal(t, row.res.String(), res.String())
			}
			own, err := without.ResolvePreview(t.Context(), &v1.ResolvePreviewRequest{SongId: id})
			if err != nil {
				require.Equal(t, row.own, detail(t, err).Reason)
			} else {
				require.Equal(t, row.own, own.Url)
			}
			got, err := with.GetSong(t.Context(), &v1.GetSongRequest{Id: id})
			require.NoError(t, err)
			require.Equal(t, row.with, got.Preview.Kind)
			got, err = without.GetSong(t.Context(), &v1.GetSongRequest{Id: id})
			require.NoError(t, err)
			require.Equal(t, row.without, got.Preview.Kind)
			require.NotContains(t, got.String(), "CANARY", "paths stay inside")
		})
	}
	_, err := with.ResolvePreview(t.Context(), &v1.ResolvePreviewRequest{SongId: "s0"})
	require.Equal(t, connect.CodeNotFound, connect.CodeOf(err))
}
