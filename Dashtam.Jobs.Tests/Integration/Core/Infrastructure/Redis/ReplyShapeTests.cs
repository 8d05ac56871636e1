using System.Globalization;
using System.Text;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Infrastructure.Redis;

/// <summary>
/// A script that fails after its first write loses a job, so no server may answer a command in a shape that the scripts do not
/// expect. <see cref="Compliance.ReplyShapeTableTests"/> says that the table is complete.
/// </summary>
[Category("Integration")]
[OnEachServer]
internal sealed class ReplyShapeTests
{
    private const string Shape =
        """
        local function shape(reply)
          if type(reply) == 'string' then return "'" .. reply .. "'" end
          if type(reply) ~= 'table' then return tostring(reply) end
          if reply.ok then return '{ok=' .. reply.ok .. '}' end
          if reply.err then return '{err}' end
          local parts = {}
          for i = 1, #reply do parts[i] = shape(reply[i]) end
          return '{' .. table.concat(parts, ',') .. '}'
        end
        local k = KEYS[1]

        """;

    private TestQueue _queue = null!;
    private bool _isReal;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _isReal = (await TestServices.RedisAsync()).IsReal;
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task Lua_gets_the_answers_that_the_scripts_expect()
    {
        var answers = new List<string>();
        for (var i = 0; i < LuaCall.All.Count; i++)
        {
            var (setup, call, _) = LuaCall.All[i];
            var answer = await _queue.Queue.ScriptEvaluateAsync(
                $"{Shape}{setup}\nreturn shape({call})", [_queue.Own(string.Create(CultureInfo.InvariantCulture, $"shape:{i}"))]);
            answers.Add($"{setup} {call} = {answer}");
        }

        var expected = LuaCall.All.Select(row => $"{row.Setup} {row.Call} = {(_isReal ? null : row.OnGarnet) ?? row.Answer}");
        Assert.That(answers.Except(expected, StringComparer.Ordinal), Is.Empty);
    }

    [TestCase("return 1", "1")]
    [TestCase("return 1.9", "1")]
    [TestCase("return '0'", "'0'")]
    [TestCase("return {}", "{}")]
    [TestCase("return false", "nil")]
    [TestCase("return", "nil")]
    [TestCase("return { 1, -1, 0, 'a', '' }", "{1,-1,0,'a',''}")]
    [TestCase("return { 1, { 'a', 'b' }, {} }", "{1,{'a','b'},{}}")]
    [TestCase("return math.max(0, 5 - 2)", "3")]
    [TestCase("return table.concat({ 1, 2, 0 })", "'120'")]
    [TestCase("return redis.error_reply('WRONGTYPE the key')", "error WRONGTYPE the key")]
    public void A_script_s_return_comes_as_it_is_read(string script, string expected) =>
        Assert.That(Raw("EVAL", script, "0"), Is.EqualTo(expected));

    [TestCase("BLMOVE", "{k}", "{k}2", "RIGHT", "LEFT", "0.01", ExpectedResult = "nil")]
    [TestCase("HGET", "{k}", "a", ExpectedResult = "nil")]
    [TestCase("HGETALL", "{k}", ExpectedResult = "{}")]
    [TestCase("HMGET", "{k}", "a", "b", ExpectedResult = "{nil,nil}")]
    [TestCase("GET", "{k}", ExpectedResult = "nil")]
    [TestCase("LRANGE", "{k}", "0", "-1", ExpectedResult = "{}")]
    [TestCase("LLEN", "{k}", ExpectedResult = "0")]
    [TestCase("TYPE", "{k}", ExpectedResult = "'none'")]
    [TestCase("PTTL", "{k}", ExpectedResult = "-2")]
    [TestCase("ZSCORE", "{k}", "a", ExpectedResult = "nil")]
    [TestCase("ZCOUNT", "{k}", "-inf", "5", ExpectedResult = "0")]
    [TestCase("ZRANGEBYSCORE", "{k}", "-inf", "5", "WITHSCORES", "LIMIT", "0", "2", ExpectedResult = "{}")]
    [TestCase("ZADD", "{k}", "XX", "LT", "CH", "1", "a", ExpectedResult = "0")]
    [TestCase("ZSCAN", "{k}", "0", ExpectedResult = "{'0',{}}")]
    [TestCase("HSCAN", "{k}", "0", ExpectedResult = "{'0',{}}")]
    [TestCase("CLIENT", "UNBLOCK", "99999999", ExpectedResult = "0")]
    [TestCase("EVALSHA", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8", "0", ExpectedResult = "error NOSCRIPT")]
    public string A_command_of_the_services_is_answered_as_they_read_it(params string[] command) =>
        Raw([.. command.Select(part => part.Replace("{k}", $"{_queue.Own("raw")}", StringComparison.Ordinal))])
            is var answer && answer.StartsWith("error NOSCRIPT", StringComparison.Ordinal) ? "error NOSCRIPT" : answer;

    private string Raw(params string[] command)
    {
        using var connection = _queue.OpenBlocking(_queue.Keys.Ready, TimeSpan.FromSeconds(10));
        try
        {
            return Text(connection.Execute([.. command.Select(Encoding.UTF8.GetBytes)]));
        }
        catch (RedisServerException error)
        {
            return $"error {error.Message.Replace("ERR ", "", StringComparison.Ordinal)}"; // Garnet puts it before ours
        }
    }

    private static string Text(object? reply) => reply switch
    {
        null => "nil",
        byte[] bytes => $"'{Encoding.UTF8.GetString(bytes)}'",
        object?[] items => $"{{{string.Join(',', items.Select(Text))}}}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{reply}"),
    };
}
