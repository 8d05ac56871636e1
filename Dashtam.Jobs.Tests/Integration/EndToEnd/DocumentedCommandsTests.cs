using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>The blocks of shell that are tagged <c>run</c>: page by page, in their order, beside a scheduler and a worker.</summary>
[Category("Integration")]
[Category("Documentation")]
[CancelAfter(120_000)]
[Parallelizable] // it waits most of the time, on a Redis of its own
internal sealed class DocumentedCommandsTests
{
    // The pages name the port of make run, or none: here redis-cli speaks to the test's Redis.
    private const string RedisCliFunction = "BASH_FUNC_redis-cli%%";
    private const string RedisCli = """() { if [ "$1" = -p ]; then shift 2; fi; command redis-cli -u "$REDIS_URL" "$@"; }""";

    private OwnRedis _redis = null!;
    private SeededDatabase _database = null!;

    private static IEnumerable<string> Pages => DocumentedBlock.All
        .Where(block => block.Tag == "run" && block.Page != SwitchOverTests.Page) // that one is steps with more between them
        .Select(block => block.Page)
        .Distinct(StringComparer.Ordinal);

    [SetUp]
    public async Task SetUp()
    {
        DocumentedSteps.Require("redis-cli", "curl");
        _database = await SeededDatabase.CreateAsync(TimeProvider.System.GetUtcNow());
        _redis = await TestServices.StartOwnRedisAsync();
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_redis, _database);

    [TestCaseSource(nameof(Pages))]
    public async Task Each_block_of_a_page_that_says_so_runs(string page)
    {
        await using var scheduler = ServiceProcess.Scheduler(Settings());
        await using var worker = ServiceProcess.Worker(Settings());
        await scheduler.UntilReadyAsync();
        await worker.UntilReadyAsync();
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["REDIS_URL"] = RedisUrl,
            ["DATABASE_URL"] = _database.Source.ConnectionString,
            ["SCHEDULER"] = $"http://127.0.0.1:{scheduler.HttpPort}",
            ["WORKER"] = $"http://127.0.0.1:{worker.HttpPort}",
            [RedisCliFunction] = RedisCli,
        };

        foreach (var block in DocumentedBlock.Of(page).Where(block => block.Tag == "run"))
        {
            await TestContext.Out.WriteLineAsync(await DocumentedSteps.RunAsync(block, variables));
        }
    }

    private string RedisUrl => $"redis://{_redis.ConnectionString}/0";

    private (string Name, string Value)[] Settings() =>
        [("REDIS_URL", RedisUrl), ("DATABASE_URL", _database.Source.ConnectionString)];
}
