package server

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
)

// parameter reads one query parameter into a request.
type parameter struct {
	name string
	many bool // may be repeated
	read func(req *v1.RecommendRequest, value string) error
}

// parameters are those of POST /v1/recommend, as [Server.Handler] documents them.
func parameters() []parameter {
	integer := func(field func(*v1.RecommendRequest) *int32) func(*v1.RecommendRequest, string) error {
		return func(req *v1.RecommendRequest, value string) error {
			n, err := strconv.ParseInt(value, 10, 32)
			if err != nil {
				return fmt.Errorf("%.40q: want a whole number", value)
			}
			*field(req) = int32(n)
			return nil
		}
	}
	number := func(field func(*v1.Dials) *float64) func(*v1.RecommendRequest, string) error {
		return func(req *v1.RecommendRequest, value string) error {
			x, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return fmt.Errorf("%.40q: want a number", value)
			}
			*field(req.Dials) = x
			return nil
		}
	}
	flag := func(set func(*v1.Filter, bool)) func(*v1.RecommendRequest, string) error {
		return func(req *v1.RecommendRequest, value string) error {
			on, err := strconv.ParseBool(value)
			if err != nil {
				return fmt.Errorf("%.40q: want true or false", value)
			}
			set(req.Filter, on)
			return nil
		}
	}
	word := func(field func(*v1.RecommendRequest) *[]string) func(*v1.RecommendRequest, string) error {
		return func(req *v1.RecommendRequest, value string) error {
			*field(req) = append(*field(req), value)
			return nil
		}
	}
	return []parameter{
		{"count", false, integer(func(r *v1.RecommendRequest) *int32 { return &r.Count })},
		{"contrast", false, number(func(d *v1.Dials) *float64 { return &d.Contrast })},
		{"atmosphere", false, number(func(d *v1.Dials) *float64 { return &d.Atmosphere })},
		{"era", false, number(func(d *v1.Dials) *float64 { return &d.Era })},
		{"surprise", false, number(func(d *v1.Dials) *float64 { return &d.Surprise })},
		{"language", true, word(func(r *v1.RecommendRequest) *[]string { return &r.Filter.Languages })},
		{"genre", true, word(func(r *v1.RecommendRequest) *[]string { return &r.Filter.Genres })},
		{"year_from", false, integer(func(r *v1.RecommendRequest) *int32 { return &r.Filter.YearFrom })},
		{"year_to", false, integer(func(r *v1.RecommendRequest) *int32 { return &r.Filter.YearTo })},
		{"explicit", false, flag(func(f *v1.Filter, on bool) { f.ExcludeExplicit = !on })},
		{"playable", false, flag(func(f *v1.Filter, on bool) { f.PlayableOnly = on })},
		{"offline", false, flag(func(f *v1.Filter, on bool) { f.OfflineOnly = on })},
		{"include", true, word(func(r *v1.RecommendRequest) *[]string { return &r.Include })},
		{"exclude", true, word(func(r *v1.RecommendRequest) *[]string { return &r.Exclude })},
		{"care", false, func(req *v1.RecommendRequest, value string) error { req.Care = value; return nil }},
	}
}

// parseQuery reads the query of POST /v1/recommend into a request without a subject.
func parseQuery(raw string) (*v1.RecommendRequest, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, invalidf("query", "it cannot be read")
	}
	req := &v1.RecommendRequest{Dials: new(v1.Dials), Filter: new(v1.Filter)}
	known := parameters()
	for name, list := range values {
		i := slices.IndexFunc(known, func(p parameter) bool { return p.name == name })
		if i < 0 {
			return nil, invalidf("query", "unknown parameter %.40q", name)
		}
		if len(list) > 1 && !known[i].many {
			return nil, invalidf(name, "given %d times: want it once", len(list))
		}
		for _, value := range list {
			if err := known[i].read(req, value); err != nil {
				return nil, invalidf(name, "%v", err)
			}
		}
	}
	return req, nil
}
