package server

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
)

func TestQuery(t *testing.T) {
	t.Parallel()
	req, err := parseQuery("count=3&contrast=.5&atmosphere=-1&era=1&surprise=0.25&language=en&language=fr&genre=jazz&year_from=1960" +
		"&year_to=1979&explicit=false&playable=true&offline=true&include=sea&include=boat%20trip&exclude=rain&care=strict")
	require.NoError(t, err)
	want := &v1.RecommendRequest{
		Count: 3,
		Dials: &v1.Dials{Contrast: .5, Atmosphere: -1, Era: 1, Surprise: .25},
		Filter: &v1.Filter{
			Languages: []string{"en", "fr"}, Genres: []string{"jazz"}, YearFrom: 1960, YearTo: 1979, ExcludeExplicit: true, PlayableOnly: true, OfflineOnly: true,
		},
		Include: []string{"sea", "boat trip"}, Exclude: []string{"rain"}, Care: "strict",
	}
	require.True(t, proto.Equal(want, req), "%v", req)
	req, err = parseQuery("explicit=true&playable=false")
	require.NoError(t, err)
	require.True(t, proto.Equal(&v1.RecommendRequest{Dials: new(v1.Dials), Filter: new(v1.Filter)}, req))
}

func TestQueryRefusals(t *testing.T) {
	t.Parallel()
	engine := newFake(t)
	r := start(t, engine)
	picture := testPicture(t, 16, 16)
	for _, row := range []struct{ query, message string }{
		{"cuont=3", `query: unknown parameter "cuont"`},
		{"Count=3", `query: unknown parameter "Count"`},
		{"count=3&count=4", "count: given 2 times: want it once"},
		{"count=three", `count: "three": want a whole number`},
		{"count=99999999999", `count: "99999999999": want a whole number`},
		{"count=", `count: "": want a whole number`},
		{"count=101", "count: 101: want 0 to 100"},
		{"contrast=much", `contrast: "much": want a number`},
		{"contrast=NaN", "dials.contrast: NaN: want 0 to 1"},
		{"surprise=-2", "dials.surprise: -2: want -1 to 1"},
		{"explicit=no", `explicit: "no": want true or false`},
		{"playable=yes", `playable: "yes": want true or false`},
		{"year_from=2000&year_to=1990", "filter.years: 2000 to 1990 is no range"},
		{"language=klingon", `filter.languages: "klingon": want an ISO 639 code of two or three letters`},
		{"include=", "include: word 0 is blank"},
		{"care=no", `care: "no": want "", strict or off`},
		{"count=%zz", "query: it cannot be read"},
		{"a;b", "query: it cannot be read"},
	} {
		t.Run(row.query, func(t *testing.T) {
			res := r.post(t, "/v1/recommend?"+row.query, picture)
			require.Equal(t, http.StatusBadRequest, res.status)
			require.Equal(t, row.message, res.error(t).Message)
			require.Equal(t, reasonInvalid, res.error(t).Reason)
		})
	}
	require.Zero(t, engine.calls.Load())
}

// FuzzQuery: every query is either read or refused by name.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"", "count=3", "language=en&language=fr", "count=%zz", "x=1", "contrast=1e999", "a;b", "include=%00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		req, err := parseQuery(raw)
		if err != nil {
			require.ErrorIs(t, err, ErrInvalid)
			return
		}
		values, err := url.ParseQuery(raw)
		require.NoError(t, err)
		require.Equal(t, len(values["include"]), len(req.Include))
	})
}

// FuzzCodec: whatever comes is read or marked, never both, and never lost in silence.
func FuzzCodec(f *testing.F) {
	f.Add([]byte(`{"count":3}`), true)
	f.Add([]byte("\x18\x03"), false)
	f.Add([]byte("\xff\xff\xff\xff"), false)
	f.Fuzz(func(t *testing.T, data []byte, asJSON bool) {
		c := codec{name: "proto", unmarshal: proto.Unmarshal}
		if asJSON {
			c = codec{name: "json", unmarshal: unmarshalJSON}
		}
		msg := new(v1.RecommendRequest)
		require.NoError(t, c.Unmarshal(data, msg))
		plain := new(v1.RecommendRequest)
		if failed := c.unmarshal(data, plain); failed != nil {
			refused := marked(msg)
			require.True(t, errors.Is(refused, ErrInvalid))
			require.Nil(t, msg.GetSubject())
			return
		}
		require.True(t, proto.Equal(plain, msg))
	})
}
