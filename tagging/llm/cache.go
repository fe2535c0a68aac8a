package llm

import (
	"container/list"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
)

// cache keeps readings: the last used in memory, and all of them as files if it has a directory. It holds no pictures and
// nothing to make them from, only what was said about the digest of one.
type cache struct {
	size int
	dir  string // empty for none

	mu    sync.Mutex
	order list.List // of *slot, last used first
	slots map[string]*list.Element
}

type slot struct {
	key     string
	reading Reading
}

// cacheVersion is that of the files, and the name of their folder.
const cacheVersion = "v1"

// cacheFile is what a file holds. Prompt and model are for people who look into it; the key stands for them.
type cacheFile struct {
	Prompt     string          `json:"prompt"`
	Model      string          `json:"model"`
	Reply      json.RawMessage `json:"reply"`
	Incomplete bool            `json:"incomplete,omitempty"` // the reply had problems
}

const maxCacheFile = 64 << 10

func newCache(size int, dir string) *cache {
	return &cache{size: size, dir: dir, slots: map[string]*list.Element{}}
}

// get returns a kept reading. A file is no more trusted than a reply: it is checked again, and passed over if it fails.
func (c *cache) get(key string, q question) (Reading, bool) {
	c.mu.Lock()
	if element, ok := c.slots[key]; ok {
		c.order.MoveToFront(element)
		reading := element.Value.(*slot).reading
		c.mu.Unlock()
		return reading, true
	}
	c.mu.Unlock()
	if c.dir == "" {
		return Reading{}, false
	}
	content, err := readCapped(c.path(key), maxCacheFile)
	if err != nil {
		return Reading{}, false
	}
	var file cacheFile
	if json.Unmarshal(content, &file) != nil {
		return Reading{}, false
	}
	a := parseReply(string(file.Reply), q)
	if a.clean == nil || len(a.problems) > 0 {
		return Reading{}, false
	}
	if file.Incomplete {
		a.problems = problems{"so it was when the picture was first read"}
	}
	reading, err := readingOf(a)
	if err != nil {
		return Reading{}, false
	}
	c.remember(key, reading)
	return reading, true
}

// put keeps a reading. A file that cannot be written costs another call some day; the error is for the log.
func (c *cache) put(key string, reading Reading, file cacheFile) error {
	c.remember(key, reading)
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

func (c *cache) remember(key string, reading Reading) {
	if c.size == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.slots[key]; ok {
		element.Value.(*slot).reading = reading
		c.order.MoveToFront(element)
		return
	}
	c.slots[key] = c.order.PushFront(&slot{key, reading})
	if c.order.Len() > c.size {
		oldest := c.order.Back()
		c.order.Remove(oldest)
		delete(c.slots, oldest.Value.(*slot).key)
	}
}
