package server

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/server/gen/soundtrack/v1/soundtrackv1connect"
	"github.com/soundtrack-go/sdk/server/page"
)

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	site := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<!doctype html>")) })
	r := start(t, newFake(t), WithPage(site), WithDemos(fakeDemos{testSound()}))
	for _, row := range []struct {
		name, method, path string
		policy             string
	}{
		{"page", http.MethodGet, "/", page.Policy},
		{"file of the page", http.MethodGet, "/app.js", page.Policy},
		{"plain answer", http.MethodPost, "/v1/recommend", answerPolicy},
		{"error", http.MethodGet, "/v1/nothing", answerPolicy},
		{"procedure", http.MethodPost, soundtrackv1connect.SoundtrackServiceAnalyzeProcedure, answerPolicy},
		{"sound", http.MethodGet, demoPath + "calm-sea", answerPolicy},
		{"probe", http.MethodGet, "/livez", answerPolicy},
		{"metrics", http.MethodGet, "/metrics", answerPolicy},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := r.do(t, row.method, row.path, nil).header
			require.Equal(t, row.policy, h.Get("Content-Security-Policy"))
			require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
			require.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
			require.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"))
			require.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"))
			require.Contains(t, h.Get("Permissions-Policy"), "camera=()")
			require.Empty(t, h.Get("Access-Control-Allow-Origin"))
			require.True(t, saneID(h.Get(headerRequestID)))
		})
	}
	require.Equal(t, http.StatusMethodNotAllowed, r.do(t, http.MethodPost, "/", nil).status)
}

// TestForeignPages: a browser tells where a request comes from, and only listed origins may use the API.
func TestForeignPages(t *testing.T) {
	t.Parallel()
	const friend = "https://friend.example"
	closed := start(t, newFake(t))
	open := start(t, newFake(t), WithAllowedOrigins(friend), WithDemos(fakeDemos{testSound()}))
	picture := testPicture(t, 16, 16)
	paths := map[string][]byte{
		"/v1/recommend": picture,
		soundtrackv1connect.SoundtrackServiceAnalyzeProcedure: []byte(`{"image":"` + base64Picture(t) + `"}`),
	}
	for path, body := range paths {
		for _, row := range []struct {
			name, origin, site string
			closed, open       int
		}{
			{"no browser", "", "", http.StatusOK, http.StatusOK},
			{"own page", "", "same-origin", http.StatusOK, http.StatusOK},
			{"friend", friend, "cross-site", http.StatusForbidden, http.StatusOK},
			{"stranger", "https://stranger.example", "cross-site", http.StatusForbidden, http.StatusForbidden},
			{"stranger, old browser", "https://stranger.example", "", http.StatusForbidden, http.StatusForbidden},
			{"almost a friend", friend + ".evil.example", "cross-site", http.StatusForbidden, http.StatusForbidden},
			{"sandboxed", "null", "cross-site", http.StatusForbidden, http.StatusForbidden},
		} {
			t.Run(row.name+" "+path, func(t *testing.T) {
				change := func(r *http.Request) {
					r.Header.Set("Content-Type", "application/json")
					for key, value := range map[string]string{"Origin": row.origin, "Sec-Fetch-Site": row.site} {
						if value != "" {
							r.Header.Set(key, value)
						}
					}
				}
				require.Equal(t, row.closed, closed.post(t, path, body, change).status)
				res := open.post(t, path, body, change)
				require.Equal(t, row.open, res.status)
				if row.origin == friend {
					require.Equal(t, friend, res.header.Get("Access-Control-Allow-Origin"))
					require.Contains(t, res.header.Get("Access-Control-Expose-Headers"), "Retry-After")
				} else {
					require.Empty(t, res.header.Get("Access-Control-Allow-Origin"))
				}
				require.Empty(t, res.header.Get("Access-Control-Allow-Credentials"))
			})
		}
	}
	t.Run("preflight", func(t *testing.T) {
		ask := func(r *running, origin string) http.Header {
			res := r.do(t, http.MethodOptions, soundtrackv1connect.SoundtrackServiceRecommendProcedure, nil, header("Origin", origin),
				header("Access-Control-Request-Method", "POST"), header("Access-Control-Request-Headers", "connect-protocol-version"))
			require.Equal(t, http.StatusNoContent, res.status)
			return res.header
		}
		require.Equal(t, friend, ask(open, friend).Get("Access-Control-Allow-Origin"))
		require.Contains(t, ask(open, friend).Get("Access-Control-Allow-Headers"), "Connect-Protocol-Version")
		require.Empty(t, ask(open, "https://stranger.example").Get("Access-Control-Allow-Methods"))
		require.Empty(t, ask(closed, friend).Get("Access-Control-Allow-Methods"))
	})
	t.Run("sound for a friend's player", func(t *testing.T) {
		res := open.do(t, http.MethodGet, demoPath+"calm-sea", nil, header("Origin", friend))
		require.Equal(t, "cross-origin", res.header.Get("Cross-Origin-Resource-Policy"))
	})
}
