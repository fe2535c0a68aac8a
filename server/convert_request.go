package server

import (
	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/match"
	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
)

// recommendRequest reads everything of a request but its subject. It refuses what the engine would refuse, before a
// picture is looked at or even read.
func recommendRequest(req *v1.RecommendRequest) (soundtrack.Request, error) {
	out := soundtrack.Request{
		Count:   int(req.GetCount()),
		Dials:   dialsFrom(req.GetDials()),
		Filter:  filterFrom(req.GetFilter()),
		Include: req.GetInclude(),
		Exclude: req.GetExclude(),
		Care:    match.CareMode(req.GetCare()),
	}
	if target := req.GetTarget(); target != nil {
		mood := tagging.Affect{Valence: target.GetValence(), Arousal: target.GetArousal()}
		if mood.Validate() != nil {
			return out, invalidf("target", "valence %v, arousal %v: want -1 to 1", mood.Valence, mood.Arousal)
		}
		out.Mood = &mood
	}
	if n := len(req.GetLikeSongs()); n > match.MaxLike {
		return out, invalidf("like_songs", "%d songs: at most %d", n, match.MaxLike)
	}
	for _, id := range req.GetLikeSongs() {
		if id == "" || len(id) > maxID {
			return out, invalidf("like_songs", "an id of %d bytes: want 1 to %d", len(id), maxID)
		}
		out.Like = append(out.Like, catalog.ID(id))
	}
	return out, match.Query{
		Count: out.Count, Dials: out.Dials, Filter: out.Filter, Include: out.Include, Exclude: out.Exclude,
		Care: out.Care,
	}.Validate()
}

func dialsFrom(d *v1.Dials) match.Dials {
	return match.Dials{
		Contrast: d.GetContrast(), Atmosphere: d.GetAtmosphere(), Era: d.GetEra(), Surprise: d.GetSurprise(),
	}
}

func filterFrom(f *v1.Filter) catalog.Filter {
	out := catalog.Filter{
		Languages:       f.GetLanguages(),
		Genres:          f.GetGenres(),
		YearFrom:        int(f.GetYearFrom()),
		YearTo:          int(f.GetYearTo()),
		ExcludeExplicit: f.GetExcludeExplicit(),
		PlayableOnly:    f.GetPlayableOnly(),
		OfflineOnly:     f.GetOfflineOnly(),
		ExcludeArtists:  f.GetExcludeArtists(),
	}
	for _, id := range f.GetExcludeSongs() {
		out.ExcludeSongs = append(out.ExcludeSongs, catalog.ID(id))
	}
	return out
}
