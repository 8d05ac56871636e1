-- Writes a result, or a record of progress, at its bare key alone: on Redis Cluster, where that key lies in another slot than the queue, and for a user who may
-- not write every such key. Sent after the job's end is settled.
-- KEYS[1]  {id} or {id}__progress  STRING  where it also goes
-- ARGV[1]  the result or the record as JSON or pickle; empty: nothing is written, the caller asks for its rights at a key that is absent
-- ARGV[2]  its lifetime, seconds
-- ARGV[3]  the name that it begins with
-- Returns  1 written, or the caller has the rights | 5 something else than a result stands there | 6 Redis refuses
-- include store_bare.lua
local key, bytes, ttl, first = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

if bytes ~= '' then
  return store_bare(key, bytes, ttl, first)
end
local may_write = redis.pcall('SET', key, '', 'XX', 'EX', ttl)
local may_read = redis.pcall('GETRANGE', key, 0, 39)
local may_ask = redis.pcall('TYPE', key)
if may_write and may_write.err or type(may_read) ~= 'string' or may_ask.err then
  return 6
end
return 1
