package llm

import (
	"container/list"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// cache keeps what became of questions: the last used in memory, and all readings as files if it has a directory. It holds
// no pictures and nothing to make them from, only what was said about the digest of one.
type cache struct {
	size int
	dir  string // empty for none

	mu    sync.Mutex
	order list.List // of *slot, last used first
	slots map[string]*list.Element
}

type slot struct {
	key  string
	kept kept
}

// kept is a reading, or the error that came instead.
type kept struct {
	reading Reading
	err     error
	served  string    // the model that answered, by the service's word
	at      time.Time // when
}

// cacheVersion is that of the files, and the name of their folder.
const cacheVersion = "v1"

// cacheFile is what a file holds. Prompt and model are for people who look into it; the key stands for them.
type cacheFile struct {
	Prompt     string          `json:"prompt"`
	Model      string          `json:"model"`  // that was asked
	Served     string          `json:"served"` // that answered
	At         time.Time       `json:"at"`
	Reply      json.RawMessage `json:"reply"`
	Incomplete bool            `json:"incomplete,omitempty"` // the reply had problems
}

const maxCacheFile = 64 << 10

func newCache(size int, dir string) *cache {
	return &cache{size: size, dir: dir, slots: map[string]*list.Element{}}
}

// get returns what is kept, of any age. A file is no more trusted than a reply: it is checked again, and passed over if it
// fails.
func (c *cache) get(key string, q question) (kept, bool) {
	c.mu.Lock()
	if element, ok := c.slots[key]; ok {
		c.order.MoveToFront(element)
		k := element.Value.(*slot).kept
		c.mu.Unlock()
		return k, true
	}
	c.mu.Unlock()
	if c.dir == "" {
		return kept{}, false
	}
	content, err := readCapped(c.path(key), maxCacheFile)
	if err != nil {
		return kept{}, false
	}
	var file cacheFile
	if json.Unmarshal(content, &file) != nil {
		return kept{}, false
	}
	a := parseReply(string(file.Reply), q)
	if a.clean == nil || len(a.problems) > 0 {
		return kept{}, false
	}
	if file.Incomplete {
		a.problems = problems{"so it was when the picture was first read"}
	}
	reading, err := readingOf(a)
	if err != nil {
		return kept{}, false
	}
	k := kept{reading: reading, served: file.Served, at: file.At}
	c.remember(key, k)
	return k, true
}

// put keeps a reading. A file that cannot be written costs another call some day; the error is for the log.
func (c *cache) put(key string, reading Reading, file cacheFile) error {
	c.remember(key, kept{reading: reading, served: file.Served, at: file.At})
	if c.dir == "" {
		return nil
	}
	content, err := json.Marshal(file)
	if err != nil {
		return err
	}
	path := c.path(key)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), "new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary.Name()) }() // fails once renamed
	if _, err := temporary.Write(content); err != nil {
		_ = temporary.Close()
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// path spreads the files over 256 folders.
func (c *cache) path(key string) string {
	return filepath.Join(c.dir, cacheVersion, key[:2], key+".json")
}

// remember keeps something in memory only.
func (c *cache) remember(key string, k kept) {
	if c.size == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.slots[key]; ok {
		element.Value.(*slot).kept = k
		c.order.MoveToFront(element)
		return
	}
	c.slots[key] = c.order.PushFront(&slot{key, k})
	if c.order.Len() > c.size {
		oldest := c.order.Back()
		c.order.Remove(oldest)
		delete(c.slots, oldest.Value.(*slot).key)
	}
}
