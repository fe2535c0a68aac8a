package tagging

// Kind groups concepts.
type Kind string

// Kinds of concepts. Those from scene to people are seen in a picture, those from mood to theme are what a picture or a
// song is felt, heard or said to be.
const (
	KindScene      Kind = "scene"
	KindPlace      Kind = "place" // a part of the world with a name
	KindWeather    Kind = "weather"
	KindLight      Kind = "light" // also the hours of the day
	KindSeason     Kind = "season"
	KindOccasion   Kind = "occasion"
	KindActivity   Kind = "activity"
	KindObject     Kind = "object"
	KindFood       Kind = "food"
	KindInstrument Kind = "instrument"
	KindAnimal     Kind = "animal"
	KindPeople     Kind = "people"  // also faces, bodies and gestures
	KindMood       Kind = "mood"    // of a picture or a song; its place on the affect plane is what it means
	KindEmotion    Kind = "emotion" // what somebody feels about something, such as jealous
	KindMusic      Kind = "music"   // how music sounds, such as anthemic
	KindGenre      Kind = "genre"
	KindTheme      Kind = "theme" // what songs are about
	KindEra        Kind = "era"
	KindLook       Kind = "look" // what kind of picture it is, such as a cartoon
)

// kinds holds all kinds, and whether a concept of it is one of many and takes an article: a beach, but snow.
var kinds = map[Kind]struct{ counted bool }{
	KindScene: {true}, KindPlace: {}, KindWeather: {}, KindLight: {}, KindSeason: {}, KindOccasion: {}, KindActivity: {},
	KindObject: {true}, KindFood: {}, KindInstrument: {true}, KindAnimal: {true}, KindPeople: {true},
	KindMood: {}, KindEmotion: {}, KindMusic: {}, KindGenre: {}, KindTheme: {}, KindEra: {}, KindLook: {},
}

// Place reports whether the kind says where or when a picture is, rather than what is in it.
func (k Kind) Place() bool {
	switch k {
	case KindScene, KindPlace, KindWeather, KindLight, KindSeason, KindOccasion:
		return true
	}
	return false
}

// Mood reports whether the kind says how something feels. The names of such concepts are adjectives.
func (k Kind) Mood() bool { return k == KindMood || k == KindEmotion || k == KindMusic }

// thing reports whether the kind is what can be pointed at in a picture.
func (k Kind) thing() bool {
	switch k {
	case KindObject, KindFood, KindInstrument, KindAnimal, KindPeople, KindActivity:
		return true
	}
	return false
}

// seen reports whether pictures are tagged by the kind. How music sounds cannot be seen.
func (k Kind) seen() bool { return k != KindMusic && k != KindGenre }
