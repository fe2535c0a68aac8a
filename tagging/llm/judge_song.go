package llm

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/soundtrack-go/sdk/tagging"
)

// Song is what a [Judge] is told about a song. It has no field for lyrics, and texts long enough to hold some are refused.
type Song struct {
	Title  string   // 1 to 200 characters
	Artist string   // 1 to 200 characters
	Tags   []string // the user's own words for it: at most 20, of at most 40 characters each
	// Source says where title, artist and tags come from, such as "user" or "musicbrainz"; of several, the one with the
	// strictest terms. It must be given, and what comes from Spotify is refused: Spotify's terms forbid putting it into a
	// prompt.
	Source string
}

const (
	maxTitle    = 200
	maxSongTags = 20
	maxSongTag  = 40
)

// told returns the song as it is put into a prompt. Errors match [ErrSong].
func (s Song) told() (Song, error) {
	source := strings.ToLower(strings.TrimSpace(s.Source))
	switch {
	case source == "":
		return Song{}, songError("its source is not known", "set Source")
	case strings.Contains(source, "spotify"):
		return Song{}, songError("it comes from Spotify, whose terms forbid prompts", "describe it from another source")
	}
	out := Song{Title: wordsOnly(s.Title), Artist: wordsOnly(s.Artist), Source: source}
	for name, value := range map[string]string{"title": out.Title, "artist": out.Artist} {
		if n := utf8.RuneCountInString(value); n < 1 || n > maxTitle {
			return Song{}, songError(fmt.Sprintf("its %s has %d characters", name, n), "give 1 to 200")
		}
	}
	if len(s.Tags) > maxSongTags {
		return Song{}, songError(fmt.Sprintf("it has %d tags", len(s.Tags)), "give at most 20")
	}
	for _, tag := range s.Tags {
		tag = wordsOnly(tag)
		if n := utf8.RuneCountInString(tag); n > maxSongTag {
			return Song{}, songError(fmt.Sprintf("a tag has %d characters", n), "give at most 40: tags are words, not lyrics")
		}
		if tag != "" {
			out.Tags = append(out.Tags, tag)
		}
	}
	return out, nil
}

func songError(reason, next string) error {
	return &Error{Kind: ErrSong, Service: "song", Reason: reason, Next: next}
}

// Judgement is what a model says about a song, and a line of the file of [Judge.Run].
type Judgement struct {
	Prompt string `json:"prompt"`           // [SongPromptVersion] at the time
	Model  string `json:"model"`            // service and model as they were asked for, such as "mistral/mistral-small-latest"
	Served string `json:"served,omitempty"` // the model that answered, by the service's word; empty if it did not say
	Key    string `json:"key"`              // digest of what the model was told, of prompt and of model
	Title  string `json:"title"`
	Artist string `json:"artist"`
	Perceived
}

// Perceived is the part of a judgement that the model gives. Perception comes first: it makes the affect better.
type Perceived struct {
	// Known is false if the model does not know the song; the rest is then 0.
	Known bool `json:"known"`
	// How it sounds and what it says.
	Mode       float64 `json:"mode"`       // 0 dark minor to 1 bright major
	Loudness   float64 `json:"loudness"`   // with density: 0 sparse to 1 a wall of sound
	Tempo      float64 `json:"tempo"`      // felt: 0 very slow to 1 very fast
	Lyric      float64 `json:"lyric"`      // -1 bleak to 1 glad words; 0 for instrumentals
	Tenderness float64 `json:"tenderness"` // 0 harsh to 1 tender
	// The emotion that listeners hear in it: axes in [-1, 1], confidences in [0, 1].
	Valence           float64 `json:"valence"`
	ValenceConfidence float64 `json:"valence_confidence"`
	Arousal           float64 `json:"arousal"`
	ArousalConfidence float64 `json:"arousal_confidence"`
}

// Source names what judged, as the source of a song's affect: "llm:", the service and the model that answered.
func (j Judgement) Source() string {
	service, asked, _ := strings.Cut(j.Model, "/")
	return "llm:" + service + "/" + cmp.Or(j.Served, asked)
}

// Affect is the song's feeling with the spread that the confidence is worth; not Known if the song is not.
func (j Judgement) Affect() tagging.Estimate {
	if !j.Known {
		return tagging.Estimate{Spread: tagging.UnknownSpread}
	}
	return estimate(j.Valence, j.ValenceConfidence, j.Arousal, j.ArousalConfidence)
}

// songFields are those of [Perceived], in its order.
func songFields() []field {
	return []field{
		{"known", &node{kind: boolean, about: "false if you cannot recall the recording; then put 0 everywhere"}},
		{"mode", degree("0 dark minor, 1 bright major")},
		{"loudness", degree("loudness and density: 0 sparse, 1 wall of sound")},
		{"tempo", degree("tempo as felt: 0 very slow, 1 very fast")},
		{"lyric", axis("-1 bleak words, 1 glad words, 0 instrumental")},
		{"tenderness", degree("0 harsh, 1 tender")},
		{"valence", axis("-1 unpleasant, 1 pleasant")},
		{"valence_confidence", degree("")},
		{"arousal", axis("-1 calm, 1 stirring")},
		{"arousal_confidence", degree("")},
	}
}

// validate refuses a judgement that no checked reply can have given.
func (j Judgement) validate() error {
	if j.Prompt == "" || j.Model == "" || j.Key == "" || j.Title == "" || j.Artist == "" {
		return fmt.Errorf("prompt, model, key, title or artist is missing")
	}
	content, err := json.Marshal(j.Perceived)
	if err != nil {
		return err
	}
	var v any
	if err := json.Unmarshal(content, &v); err != nil {
		return err
	}
	var found problems
	if _, ok := (&node{kind: object, fields: songFields()}).check(v, "", &found); !ok {
		return fmt.Errorf("%s", found[0])
	}
	return nil
}

// songKey stands for a question about a told song.
func songKey(prompt [sha256.Size]byte, s Song) string {
	content, _ := json.Marshal([]any{s.Title, s.Artist, s.Tags}) // strings only: it cannot fail
	sum := sha256.Sum256(append(prompt[:], content...))
	return hex.EncodeToString(sum[:16])
}
