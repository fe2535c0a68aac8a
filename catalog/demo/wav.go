package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/soundtrack-go/sdk/catalog/demo/internal/synth"
)

// wavHeader is the length of what comes before the samples.
const wavHeader = 44

// edition is raised when a track changes, so that files of an older one are rendered again.
const edition = "1"

// wav wraps samples into a RIFF file. After the samples comes a LIST chunk with the title, the artist and, as comment,
// the edition and the SHA-256 of the samples, by which a file on disk can be told to be whole.
func wav(t tune, pcm []byte) []byte {
	info := infoChunk(t, pcm)
	var b bytes.Buffer
	b.Grow(wavHeader + len(pcm) + len(info))
	word := func(id string, size int) {
		b.WriteString(id)
		_ = binary.Write(&b, binary.LittleEndian, uint32(size))
	}
	word("RIFF", wavHeader-8+len(pcm)+len(info))
	b.WriteString("WAVE")
	word("fmt ", 16)
	_ = binary.Write(&b, binary.LittleEndian, struct {
		Format, Channels uint16
		Rate, Bytes      uint32
		Block, Bits      uint16
	}{1, 2, synth.Rate, synth.Rate * 4, 4, 16})
	word("data", len(pcm))
	b.Write(pcm)
	b.Write(info)
	return b.Bytes()
}

func infoChunk(t tune, pcm []byte) []byte {
	sum := sha256.Sum256(pcm)
	var body bytes.Buffer
	body.WriteString("INFO")
	for _, field := range []struct{ id, text string }{
		{"INAM", t.title}, {"IART", t.artist}, {"ISFT", "soundtrack demo"},
		{"ICMT", "edition " + edition + " sha256:" + hex.EncodeToString(sum[:])},
	} {
		text := field.text + "\x00"
		body.WriteString(field.id)
		_ = binary.Write(&body, binary.LittleEndian, uint32(len(text)))
		body.WriteString(text)
		if len(text)%2 == 1 {
			body.WriteByte(0)
		}
	}
	chunk := append([]byte("LIST"), binary.LittleEndian.AppendUint32(nil, uint32(body.Len()))...)
	return append(chunk, body.Bytes()...)
}
