package soundtrack

import (
	"io"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// Request asks for songs. Exactly one of Image, Picture and Analysis is required; the zero value of every other field
// is its documented default.
type Request struct {
	// Image is a JPEG, PNG, WebP or GIF file. It is read to the end, within [vision.Limits].
	Image io.Reader
	// Picture is a decoded picture.
	Picture *vision.Picture
	// Analysis is that of an earlier answer: the picture is not looked at again, so dials answer at once.
	Analysis *Analysis

	// Count is the number of picks: 0 means 5, at most 100.
	Count int
	// Dials steer the ranking; the zero value is neutral.
	Dials match.Dials
	// Mood replaces the picture's mood as what the songs shall feel like; nil keeps the picture's.
	Mood *tagging.Affect
	// Care says how ready the answer is to hold cheerful songs back from a sad or violent picture: [match.CareUsual],
	// [match.CareStrict] or [match.CareOff].
	Care match.CareMode
	// Filter says which songs may be picked; the zero value lets all pass.
	Filter catalog.Filter
	// Include and Exclude are words: what the songs shall, or shall not, be about.
	Include, Exclude []string
	// Like names songs whose neighbourhood is wanted.
	Like []catalog.ID
}
