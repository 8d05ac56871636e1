-- Part of other scripts: writes a result, complete and with its lifetime, and again at the bare key where one is
-- asked for. Never over a list, a hash or a sorted set: that is a key of the queue or of somebody else, and the jobs in it would be lost.
-- Returns 1 stored | 4 not at its own key | 5, 6 not at the bare key, as store_bare says
-- include store_bare.lua
local function store_at(key, json, ttl)
  -- With GET, Redis itself refuses another type, in the same command: a TYPE before it would cost each job a microsecond.
  local former = redis.pcall('SET', key, json, 'EX', ttl, 'GET')
  if type(former) ~= 'table' or not former.err then
    return true
  end
  if string.find(former.err, 'WRONGTYPE', 1, true) ~= 1 then
    error(former)
  end
  return false
end

local function store_result(result, bare, json, bare_bytes, ttl)
  local code = 1
  if bare and bare ~= result then
    code = store_bare(bare, bare_bytes == '' and json or bare_bytes, ttl, 'is_err')
  end
  return store_at(result, json, ttl) and code or 4
end
