using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>What <c>.ci/coverage</c> says of a report of coverlet: <c>make test</c> ends with it.</summary>
[Category("Unit")]
internal sealed class CoverageFloorTests
{
    private static readonly string[] Others =
        [Class("Worker/QueuePump.cs", ran: 1, notRun: 0), Class("Scheduler/Timer.cs", ran: 1, notRun: 0)];

    private readonly string _report = Path.GetTempFileName();

    [TearDown]
    public void RemoveReport() => File.Delete(_report);

    [Test]
    public async Task Enough_lines_that_ran_are_well()
    {
        await WriteAsync(
            Class("Core/Queue/Lease.cs", ran: 99, notRun: 1), Class("Worker/QueuePump.cs", ran: 50, notRun: 0),
            Class("Scheduler/Timer.cs", ran: 50, notRun: 0));

        var (exitCode, said) = await JudgeAsync();

        Assert.That(said, Does.Contain("coverage: 99.50 % of 200 lines").And.Not.Contains("Lease.cs"));
        Assert.That(exitCode, Is.Zero);
    }

    [Test]
    public async Task Below_the_floor_the_files_are_named_and_the_exit_code_is_1()
    {
        await WriteAsync([Class("Core/Queue/Lease.cs", ran: 60, notRun: 40), .. Others]);

        var (exitCode, said) = await JudgeAsync();

        Assert.That(said, Does.Contain("below the floor").And.Contain("Dashtam.Jobs.Core/Queue/Lease.cs: 40 of 100 lines"));
        Assert.That(said, Does.Not.Contain("QueuePump.cs"));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task A_small_file_of_which_no_line_ran_is_named_though_the_floor_holds()
    {
        await WriteAsync(
            [Class("Core/Queue/Lease.cs", ran: 10_000, notRun: 0), Class("Core/Queue/Planted.cs", ran: 0, notRun: 3), .. Others]);

        var (exitCode, said) = await JudgeAsync();

        Assert.That(said, Does.Contain("no test runs a line").And.Contain("Dashtam.Jobs.Core/Queue/Planted.cs (3 lines)"));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task A_line_of_two_methods_ran_when_one_of_them_did_and_counts_once()
    {
        await WriteAsync([Class("Core/Queue/Lease.cs", ran: 0, notRun: 10), Class("Core/Queue/Lease.cs", ran: 10, notRun: 0), .. Others]);

        var (exitCode, said) = await JudgeAsync();

        Assert.That(said, Does.Contain("coverage: 100.00 % of 12 lines"));
        Assert.That(exitCode, Is.Zero);
    }

    [Test]
    public async Task Where_not_all_tests_ran_nothing_is_held_to_the_floor()
    {
        await WriteAsync(Class("Core/Queue/Lease.cs", ran: 0, notRun: 10));

        var (exitCode, said) = await RunAsync("--report-only", _report);

        Assert.That(said, Does.Contain("coverage: 0.00 % of 10 lines").And.Contain("not held to the floor"));
        Assert.That(exitCode, Is.Zero);
    }

    [Test]
    public async Task A_report_without_a_line_is_no_coverage()
    {
        await WriteAsync();

        var (exitCode, _) = await JudgeAsync();

        Assert.That(exitCode, Is.EqualTo(1));
    }

    [TestCase("Core")]
    [TestCase("Scheduler")]
    [TestCase("Worker")]
    public async Task A_report_without_a_line_of_an_assembly_fails_and_names_it(string missing)
    {
        string[] there = [.. ((string[])["Core", "Scheduler", "Worker"]).Where(name => name != missing)];
        await WriteAsync([.. there.Select(name => Class($"{name}/A.cs", ran: 100, notRun: 0))]);

        var (exitCode, said) = await JudgeAsync();

        Assert.That(said, Does.Contain($"the report has no line of Dashtam.Jobs.{missing}: "));
        Assert.That(there, Has.None.Matches<string>(name => said.Contains($"no line of Dashtam.Jobs.{name}", StringComparison.Ordinal)));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task A_report_that_was_not_written_fails()
    {
        var (exitCode, said) = await RunAsync("--judge", _report + ".missing");

        Assert.That(said, Does.Contain("the tests measured nothing"));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    private static string Class(string file, int ran, int notRun) =>
        $"<class name=\"A\" filename=\"home/a/Dashtam.Jobs/Dashtam.Jobs.{file}\" line-rate=\"1\">\n"
        + string.Concat(Enumerable.Range(1, ran + notRun).Select(line => $"<line number=\"{line}\" hits=\"{(line <= ran ? 1 : 0)}\" />\n"))
        + "</class>\n";

    private Task WriteAsync(params string[] classes) => File.WriteAllTextAsync(_report, $"<coverage>\n{string.Concat(classes)}</coverage>\n");

    private Task<(int ExitCode, string Said)> JudgeAsync() => RunAsync("--judge", _report);

    private static async Task<(int ExitCode, string Said)> RunAsync(params string[] arguments)
    {
        using var process = LocalCommand.Start("bash", [Path.Combine(Sources.Root, ".ci", "coverage"), .. arguments]);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
