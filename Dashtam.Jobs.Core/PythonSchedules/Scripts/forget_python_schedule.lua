-- Forgets what is known of an entry that a Python producer has removed, or has overwritten with something that cannot be read.
-- KEYS[1]  {prefix}:{entry}     STRING  the entry
-- KEYS[2]  {q}:python:entries   HASH    entry -> first seen, last fired
-- KEYS[3]  {q}:python:due       ZSET    entry -> next instant, ms
-- ARGV[1]  the entry's name
-- ARGV[2]  its bytes, as the caller read them; empty: it was gone
-- ARGV[3]  the last byte that the caller reads of an entry: a larger one cannot be an entry
-- Returns  1 forgotten | 0 the entry has changed meanwhile
local entry, entries, due = KEYS[1], KEYS[2], KEYS[3]
local name, bytes, last = ARGV[1], ARGV[2], ARGV[3]

local found = redis.call('TYPE', entry).ok == 'string' and redis.call('GETRANGE', entry, 0, last) or ''
if found ~= bytes then
  return 0
end

redis.call('ZREM', due, name)
redis.call('HDEL', entries, name)
return 1
