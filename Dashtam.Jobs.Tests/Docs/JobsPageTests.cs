using System.Text.RegularExpressions;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Compliance;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Docs;

/// <summary>docs/reference/jobs.md beside the jobs: what a producer reads is what the code takes and returns.</summary>
[Category("Unit")]
internal sealed partial class JobsPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Sources.Root, "docs", "reference", "jobs.md"));

    public static IEnumerable<string> WithArguments =>
        JobTests.Names.Where(name => JobInvoker.ArgumentsType(JobTests.Job(name).HandlerType) is not null);

    public static IEnumerable<string> OnThePage => Heading().Matches(Page).Select(match => match.Groups["job"].Value);

    [TestCaseSource(nameof(WithArguments))]
    public void Each_argument_has_a_row_with_its_type_and_whether_it_is_required(string name)
    {
        var arguments = ArgumentJson.Options.GetTypeInfo(JobInvoker.ArgumentsType(JobTests.Job(name).HandlerType)!); // the source has those alone
        var expected = arguments.Properties.Select(argument =>
            $"| `{argument.Name}` | {ArgumentJson.Expected(argument.PropertyType)} | {(argument.IsRequired ? "yes" : "no")} |");

        Assert.That(Rows(name, "argument").Select(row => Begin().Match(row).Value), Is.EqualTo(expected), $"docs/reference/jobs.md, ## {name}");
    }

    [TestCaseSource(nameof(OnThePage))]
    public void A_job_on_the_page_is_there_and_has_a_row_for_each_name_that_its_comment_says_it_returns(string name)
    {
        var job = JobTests.Names.Contains(name, StringComparer.Ordinal) ? JobTests.Job(name) : null;
        Assert.That(job, Is.Not.Null, "there is such a job");

        var remarks = JobDocstring.Load()!.Descendants("member") // the build writes it
            .Single(member => member.Attribute("name")!.Value == $"T:{job!.HandlerType.FullName}").Element("remarks")!;
        var returned = Returned().Matches(remarks.ToString()[remarks.ToString().IndexOf("Returns:", StringComparison.Ordinal)..])
            .Select(match => match.Groups["name"].Value)
            .Except(["force", "other"], StringComparer.Ordinal); // an argument, and a title

        Assert.That(returned, Is.SupersetOf(["checked", "processed", "errors"]));
        Assert.That(Rows(name, "returns").SelectMany(row => Word().Matches(row.Split('|')[1]).Select(match => match.Groups["name"].Value)),
            Is.EquivalentTo(returned.Distinct(StringComparer.Ordinal)));
    }

    private static IEnumerable<string> Rows(string job, string table) => Page.Split('\n')
        .SkipWhile(line => line != $"## {job}").Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .SkipWhile(line => !line.StartsWith($"| {table} |", StringComparison.Ordinal)).Skip(2)
        .TakeWhile(line => line.StartsWith('|'));

    [GeneratedRegex("^## (?<job>[a-z_]+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(\|[^|]*){3}\|", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Begin();

    [GeneratedRegex("<c>(?<name>[a-z]+(_[a-z]+)*)</c>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Returned();

    [GeneratedRegex("`(?<name>[a-z]+(_[a-z]+)*)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Word();
}
