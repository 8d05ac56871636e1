-- Writes how far a job says that it has come, while the caller still holds it.
-- KEYS[1]  {q}:processing:{worker}         LIST    what the caller holds
-- KEYS[2]  taskiq:result:{id}__progress    STRING  where the record goes
-- KEYS[3]  {id}__progress                  STRING  where it also goes; may be absent
-- ARGV[1]  envelope, byte for byte as fetched
-- ARGV[2]  record, JSON
-- ARGV[3]  what goes to KEYS[3]; empty: ARGV[2]
-- ARGV[4]  lifetime of the record, seconds
-- Returns  1 written | 0 fenced, nothing was written | 4 something else than a record stands at KEYS[2] | 5 at KEYS[3] | 6 Redis
--          refuses KEYS[3]
-- include store_bare.lua
-- include store_result.lua
local processing, progress, bare = KEYS[1], KEYS[2], KEYS[3]
local envelope, json, bare_bytes, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

if not redis.call('LPOS', processing, envelope) then
  return 0
end
local code = bare and store_bare(bare, bare_bytes == '' and json or bare_bytes, ttl, 'state') or 1
return store_at(progress, json, ttl) and code or 4
