package tagging

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// coco80 are the classes of COCO, which the vocabulary must cover.
var coco80 = strings.Split("person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush", ",")

func TestVocabularyIsConsistent(t *testing.T) {
	t.Parallel()
	v := DefaultVocabulary()
	require.GreaterOrEqual(t, len(v.Concepts()), 900)
	count := map[Kind]int{}
	seenCOCO := map[string]bool{}
	for _, c := range v.Concepts() {
		count[c.Kind]++
		for _, name := range c.COCO {
			require.Contains(t, coco80, name, c.ID)
			seenCOCO[name] = true
		}
		for _, word := range append(c.Synonyms, c.ID) {
			found, ok := v.Resolve(word)
			require.True(t, ok, word)
			require.Equal(t, c.ID, found.ID, word)
			require.Equal(t, strings.ToLower(word), word, "words are in lower case")
		}
		for _, id := range c.Related {
			require.NotContains(t, impliedIDs(v, c.ID), id, "%s is related to %s, or implies it, not both", c.ID, id)
			require.NotContains(t, impliedIDs(v, id), c.ID, "%s is related to %s, or is implied by it, not both", c.ID, id)
		}
		if c.Kind == KindActivity {
			verb, _, _ := strings.Cut(c.Phrase, " ")
			require.True(t, strings.HasSuffix(verb, "ing"), "%s: a person %s", c.ID, c.Phrase)
		}
	}
	require.Len(t, seenCOCO, len(coco80), "every COCO class is mapped")
	for kind := range kinds {
		require.GreaterOrEqual(t, count[kind], 8, kind)
	}
	for class := range labelCount {
		require.NotEmpty(t, slices.Concat(v.OfImageNet(class), v.SuggestedByImageNet(class)), ImageNetLabels()[class].Name)
	}
	for quadrant, mood := range map[Quadrant]string{Joyful: "joyful", Tense: "tense", Melancholic: "melancholic", Serene: "serene"} {
		c, ok := v.Lookup(mood)
		require.True(t, ok)
		require.Equal(t, quadrant, c.Affect.Quadrant(), mood)
	}
}

func impliedIDs(v *Vocabulary, id string) []string {
	c, _ := v.Lookup(id)
	var ids []string
	for _, w := range c.Implies {
		ids = append(ids, w.Concept)
	}
	return ids
}

// No photograph shows a feeling, a subject, a season or an age: labels suggest them at the most.
func TestVocabularySuggestsFeelings(t *testing.T) {
	t.Parallel()
	for _, c := range DefaultVocabulary().Concepts() {
		if c.Kind.Mood() || c.Kind == KindTheme || c.Kind == KindSeason || c.Kind == KindEra {
			require.Empty(t, c.ImageNet, c.ID)
		}
	}
}

// A label that goes by a concept's own word shows it, but for words that were taken in a wide sense.
func TestLabelsShowWhatTheyName(t *testing.T) {
	t.Parallel()
	v := DefaultVocabulary()
	wide := map[string]string{"acorn": "a fruit and no tree", "Petri dish": "as often in a school as where people are ill"}
	shown := 0
	for class, label := range ImageNetLabels() {
		c, ok := v.Resolve(label.Name)
		if !ok {
			continue
		}
		if wide[label.Name] != "" {
			require.Contains(t, v.SuggestedByImageNet(class), c.ID, label.Name)
			continue
		}
		require.NotContains(t, v.SuggestedByImageNet(class), c.ID, label.Name)
		if slices.Contains(v.OfImageNet(class), c.ID) {
			shown++
		}
	}
	require.Greater(t, shown, 400)
}

// A caption that names a COCO class is understood as a concept that shows it. Their mouse is a computer's.
func TestVocabularyResolvesCOCO(t *testing.T) {
	t.Parallel()
	for _, name := range coco80 {
		c, ok := DefaultVocabulary().Resolve(name)
		require.True(t, ok, name)
		if name != "mouse" {
			require.Contains(t, c.COCO, name)
		}
	}
}

// Opposites keep their order on the plane: an editing slip in a sign would break one of these.
func TestVocabularyAgreesWithCommonSense(t *testing.T) {
	t.Parallel()
	v := DefaultVocabulary()
	valence := func(id string) float64 { c, _ := v.Lookup(id); return c.Affect.Valence }
	arousal := func(id string) float64 { c, _ := v.Lookup(id); return c.Affect.Arousal }
	for _, pair := range [][2]string{{"puppy", "spider"}, {"wedding", "funeral"}, {"beach", "garbage-dump"}, {"peace", "war"}, {"flower", "gun"}, {"smile", "tears"}, {"love", "heartbreak"}, {"home", "prison"}} {
		require.Greater(t, valence(pair[0]), valence(pair[1])+.5, pair)
	}
	for _, pair := range [][2]string{{"explosion", "candle"}, {"thunderstorm", "fog"}, {"party", "library"}, {"lion", "turtle"}, {"racing", "sleeping"}, {"tense", "serene"}} {
		require.Greater(t, arousal(pair[0]), arousal(pair[1])+.4, pair)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	v := DefaultVocabulary()
	for word, want := range map[string]string{
		"Ocean": "sea", "dogs": "dog", "ponies": "pony", "living_room": "living-room", "Living Room": "living-room", "churches": "church",
	} {
		c, ok := v.Resolve(word)
		require.True(t, ok, word)
		require.Equal(t, want, c.ID)
	}
	for _, word := range []string{"", "s", "es", "qwertz"} {
		_, ok := v.Resolve(word)
		require.False(t, ok, word)
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	v := DefaultVocabulary()
	beach, _ := v.Lookup("beach")
	expanded := v.Expand(vector("beach", .5, "unknown thing", .5))
	for _, implied := range beach.Implies {
		require.InDelta(t, .5*implied.Weight, expanded.Weight(implied.Concept), 1e-12, implied.Concept)
	}
	require.InDelta(t, .5, expanded.Weight("beach"), 0)
	strong := v.Expand(vector("beach", .1, "sea", .9))
	require.InDelta(t, .9, strong.Weight("sea"), 0, "a direct weight is not lowered")
}

func TestMixtureSpread(t *testing.T) {
	t.Parallel()
	v := DefaultVocabulary()
	agree := v.Affect(vector("joyful", .5, "happy", .5))
	conflict := v.Affect(vector("joyful", .5, "grieving", .5))
	require.Greater(t, conflict.Spread, agree.Spread+.2, "conflicting moods widen the spread instead of hiding in a mean")
	require.Equal(t, Estimate{Spread: UnknownSpread}, v.Affect(nil))
}

func TestReadVocabularyRefuses(t *testing.T) {
	t.Parallel()
	const header = "id,kind,valence,arousal,spread,synonyms,implies,related,imagenet,coco"
	row := func(line string) string {
		return header + "\nsea,scene,.5,-.2,.3,ocean,,,,\n" + line + "\n"
	}
	for _, c := range []struct{ name, file, want string }{
		{"empty", "", "line 1"},
		{"column", "id,kind,colour\n", `line 1: unknown or repeated column "colour"`},
		{"column twice", header + ",id\n", `repeated column "id"`},
		{"no kind", "id,valence,arousal,spread\n", "want a column kind"},
		{"half a pass", "id,kind,spread,valence_a,arousal_a,valence_b\n", "want a column arousal_b"},
		{"both ways", header + ",valence_a,arousal_a,valence_b,arousal_b\n", `column "valence"`},
		{"id", row("Sea Side,scene,0,0,.3,,,,,"), "kebab-case"},
		{"kind", row("lake,water,0,0,.3,,,,,"), `unknown kind "water"`},
		{"range", row("lake,scene,2,0,.3,,,,,"), "valence 2"},
		{"number", row("lake,scene,x,0,.3,,,,,"), "line 3"},
		{"spread", row("lake,scene,0,0,0,,,,,"), "spread 0"},
		{"twice", row("sea,scene,0,0,.3,,,,,"), "there twice"},
		{"word", row("lake,scene,0,0,.3,ocean,,,,"), `"ocean" means both`},
		{"no word", row("-,scene,0,0,.3,,,,,"), `"-" is no word`},
		{"implied", row("lake,scene,0,0,.3,,pond:.5,,,"), `implies "pond"`},
		{"self", row("lake,scene,0,0,.3,,lake:.5,,,"), "implies itself"},
		{"weight", row("lake,scene,0,0,.3,,sea:1.5,,,"), "weight in (0, 1)"},
		{"related", row("lake,scene,0,0,.3,,,pond,,"), `is related to "pond"`},
		{"related self", row("lake,scene,0,0,.3,,,lake,,"), "is related to itself"},
		{"class", row("lake,scene,0,0,.3,,,,1000,"), "within 0 to 999"},
		{"class order", row("lake,scene,0,0,.3,,,,9-3,"), "within 0 to 999"},
		{"mark within a range", row("lake,scene,0,0,.3,,,,3?-9,"), `"3?-9": want an index or range`},
		{"shown and suggested", row("lake,scene,0,0,.3,,,,3-9;5?,"), "5 is there twice"},
		{"fields", row("lake,scene,0"), "wrong number of fields"},
		{"open quote", row("\"lake"), "line 3"}, // made csv.Reader.FieldPos panic once
	} {
		_, err := ReadVocabulary(strings.NewReader(c.file))
		require.ErrorIs(t, err, ErrVocabulary, c.name)
		require.ErrorContains(t, err, c.want, c.name)
	}
}

func TestReadVocabulary(t *testing.T) {
	t.Parallel()
	v, err := ReadVocabulary(strings.NewReader(`kind,id,spread,valence_a,arousal_a,valence_b,arousal_b,related,imagenet,phrase,implies
scene,lake,.2,.4,-.3,.6,-.2,sea,3;5-7;9?;11-12?,,
scene,sea,.3,.5,-.2,.5,-.2,,9,the sea,lake:.2
weather,snow,.3,.5,0,.5,0,,,,
`))
	require.NoError(t, err)
	lake, _ := v.Lookup("lake")
	require.InDelta(t, .5, lake.Affect.Valence, 1e-12, "the mean of the passes")
	require.InDelta(t, -.25, lake.Affect.Arousal, 1e-12)
	require.Equal(t, [2]Affect{{.4, -.3}, {.6, -.2}}, lake.Passes)
	require.Equal(t, []int{3, 5, 6, 7}, lake.ImageNet)
	require.Equal(t, []int{9, 11, 12}, lake.Suggested)
	require.Equal(t, []string{"lake"}, v.OfImageNet(6))
	require.Equal(t, []string{"sea"}, v.OfImageNet(9), "what a class suggests is not what it shows")
	require.Equal(t, []string{"lake"}, v.SuggestedByImageNet(9))
	sea, _ := v.Lookup("sea")
	require.Equal(t, []string{"sea"}, lake.Related)
	require.Equal(t, []string{"lake"}, sea.Related, "said once, known to both")
	snow, _ := v.Lookup("snow")
	require.Equal(t, []string{"a lake", "the sea", "snow"}, []string{lake.Phrase, sea.Phrase, snow.Phrase})
}

func FuzzReadVocabulary(f *testing.F) {
	f.Add("id,kind,spread,valence,arousal,synonyms,implies,related,imagenet,coco,phrase\nsea,scene,.3,.5,-.2,ocean,lake:.5,,1-3,boat,the sea\nlake,scene,.2,.5,0,,,sea,,,\n")
	f.Add("kind,id,spread,valence_a,arousal_a,valence_b,arousal_b\nmood,eerie,.3,-.5,.2,-.4,.3\n")
	f.Fuzz(func(t *testing.T, file string) {
		v, err := ReadVocabulary(strings.NewReader(file))
		if err != nil {
			require.ErrorIs(t, err, ErrVocabulary)
			return
		}
		for _, c := range v.Concepts() {
			require.NoError(t, c.Affect.Validate())
			found, ok := v.Resolve(c.ID)
			require.True(t, ok)
			require.Equal(t, c.ID, found.ID)
			require.GreaterOrEqual(t, len(v.Prompts(c.ID)), 3)
		}
	})
}
