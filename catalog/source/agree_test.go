package source

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
)

func TestAgrees(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		title, artist string
		seconds       float64
		hit           Track
		want          bool
	}{
		{"the same", "Halo", "Beyoncé", 0, Track{Title: "Halo", Artist: "Beyonce"}, true},
		{"case, accents, punctuation", "Don’t Stop Me Now", "QUEEN", 0, Track{Title: "Dont stop me now!", Artist: "Queen"}, true},
		{"and", "Sound & Vision", "Simon & Garfunkel", 0, Track{Title: "Sound and Vision", Artist: "Simon and Garfunkel"}, true},
		{"article of the artist", "Help!", "The Beatles", 0, Track{Title: "Help!", Artist: "Beatles"}, true},
		{"no letters", "???", "!!!", 0, Track{Title: "???", Artist: "!!!"}, true},
		{"no letters, another", "???", "!!!", 0, Track{Title: "***", Artist: "!!!"}, false},
		{"guest in the title", "Umbrella", "Rihanna", 0, Track{Title: "Umbrella (feat. JAY-Z)", Artist: "Rihanna"}, true},
		{"remaster", "Heroes", "David Bowie", 0, Track{Title: "Heroes (2017 Remaster)", Artist: "David Bowie"}, true},
		{"from a film", "Let It Go", "Idina Menzel", 0, Track{Title: `Let It Go (from "Frozen")`, Artist: "Idina Menzel"}, true},
		{"love theme", "My Heart Will Go On", "Celine Dion", 0, Track{Title: `My Heart Will Go On (Love Theme from "Titanic")`, Artist: "Céline Dion"}, true},
		{"remark, lengths unknown", "Hurt", "A", 0, Track{Title: "Hurt (Quiet)", Artist: "A"}, false},
		{"remark, lengths agree", "Hurt", "A", 200, Track{Title: "Hurt (Quiet)", Artist: "A", Duration: 201 * time.Second}, true},
		{"two remarks, lengths agree", "Hurt (Loud)", "A", 200, Track{Title: "Hurt (Quiet)", Artist: "A", Duration: 201 * time.Second}, false},
		{"nothing but a remark", "(Intro)", "A", 200, Track{Title: "Hurt (Intro)", Artist: "A", Duration: 200 * time.Second}, false},

		{"other title", "Halo", "Beyoncé", 0, Track{Title: "Halos", Artist: "Beyoncé"}, false},
		{"other artist", "Halo", "Beyoncé", 0, Track{Title: "Halo", Artist: "Bethel"}, false},
		{"part of a name", "Halo", "Rihanna", 0, Track{Title: "Halo", Artist: "Rihannas"}, false},
		{"one of a credit", "Shallow", "Bradley Cooper", 0, Track{Title: "Shallow", Artist: "Lady Gaga & Bradley Cooper"}, true},
		{"a contributor", "Under Pressure", "David Bowie", 0, Track{Title: "Under Pressure", Artist: "Queen", Artists: []string{"Queen", "David Bowie"}}, true},
		{"first of ours", "Under Pressure", "Queen & David Bowie", 0, Track{Title: "Under Pressure", Artist: "Queen"}, true},
		{"second of ours alone", "Under Pressure", "Queen & David Bowie", 0, Track{Title: "Under Pressure", Artist: "David Bowie"}, false},

		{"length 3 s off", "A", "B", 200, Track{Title: "A", Artist: "B", Duration: 203 * time.Second}, true},
		{"length 4 s off", "A", "B", 200, Track{Title: "A", Artist: "B", Duration: 196 * time.Second}, false},
		{"length unknown", "A", "B", 200, Track{Title: "A", Artist: "B"}, true},

		{"mixed", "One", "U2", 0, Track{Title: "One (Mixed)", Artist: "U2"}, false},
		{"mixed, as an album", "One", "U2", 0, Track{Title: "One", Artist: "U2", Album: "Night (DJ Mix)"}, false},
		{"karaoke", "One", "U2", 200, Track{Title: "One (Karaoke Version)", Artist: "U2", Duration: 200 * time.Second}, false},
		{"karaoke, as an act", "One", "U2", 0, Track{Title: "One", Artist: "U2, Karaoke Kings"}, false},
		{"tribute", "One", "U2", 200, Track{Title: "One (Tribute to U2)", Artist: "U2", Duration: 200 * time.Second}, false},
		{"sped up behind a guest", "One", "U2", 0, Track{Title: "One feat. X - Sped Up", Artist: "U2"}, false},
		{"live behind a guest", "One", "U2", 0, Track{Title: "One feat. X - Live in Rome", Artist: "U2"}, false},
		{"slowed", "One", "U2", 200, Track{Title: "One [Slowed + Reverb]", Artist: "U2", Duration: 200 * time.Second}, false},
		{"8-bit", "One", "U2", 200, Track{Title: "One (8-Bit)", Artist: "U2", Duration: 200 * time.Second}, false},
		{"lullaby", "One", "U2", 200, Track{Title: "One (Lullaby)", Artist: "U2", Duration: 200 * time.Second}, false},
		{"instrumental", "One", "U2", 200, Track{Title: "One (Instrumental)", Artist: "U2", Duration: 200 * time.Second}, false},
		{"cover", "One", "U2", 200, Track{Title: "One (Cover)", Artist: "U2", Duration: 200 * time.Second}, false},
		{"wanted live", "One (Live)", "U2", 200, Track{Title: "One", Artist: "U2", Duration: 200 * time.Second}, false},
		{"live, as wanted", "One (Live)", "U2", 0, Track{Title: "One (Live)", Artist: "U2"}, true},
		{"the word is the title", "Live and Let Die", "Wings", 0, Track{Title: "Live And Let Die", Artist: "Wings"}, true},
		{"word within a word", "Lively Covered", "Wings", 0, Track{Title: "Lively Covered", Artist: "Wings"}, true},
		{"tribute album of the act", "Right Off", "Miles Davis", 0, Track{Title: "Right Off", Artist: "Miles Davis", Album: "A Tribute to Jack Johnson"}, true},

		{"no title", "", "B", 0, Track{Title: "", Artist: "B"}, false},
		{"no artist", "A", "", 0, Track{Title: "A", Artist: ""}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			song := catalog.Song{Title: tt.title, Artist: tt.artist, Duration: tt.seconds}
			require.Equal(t, tt.want, Agrees(song, tt.hit))
		})
	}
}

func TestWebAddress(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"https://cdn.example/a.mp3?hdnea=exp=1~acl=/a*~hmac=0": true,
		"http://cdn.example/a.mp3":                             false,
		"javascript:alert(1)":                                  false,
		"//cdn.example/a.mp3":                                  false,
		"https://user:word@cdn.example/a.mp3":                  false,
		"https:///a.mp3":                                       false,
		"https://cdn.example/\x00":                             false,
		"":                                                     false,
	} {
		want := ""
		if ok {
			want = text
		}
		require.Equal(t, want, WebAddress(text), text)
	}
}

// Every song agrees with itself, whatever its texts are, and nothing makes the rule fail.
func FuzzAgrees(f *testing.F) {
	f.Add("One (Live)", "U2", "One [Mixed]", "U2 & B")
	f.Add("???", "and", "(", ")")
	f.Fuzz(func(t *testing.T, title, artist, otherTitle, otherArtist string) {
		song := catalog.Song{Title: title, Artist: artist}
		Agrees(song, Track{Title: otherTitle, Artist: otherArtist})
		if title != "" && artist != "" {
			require.True(t, Agrees(song, Track{Title: title, Artist: artist}))
		}
	})
}
