using System.Xml.Linq;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>What holds for every registered job, also for the one that is added tomorrow.</summary>
[Category("Unit")]
internal sealed class JobTests
{
    private static readonly XDocument Docs = JobDocstring.Load()!; // the build writes it

    private static readonly JobCatalog Catalog = CatalogWith(
        ("DASHTAM_API_URL", "http://127.0.0.1:1"), ("DASHTAM_API_SECRET_KEY", new string('k', 32)));

    public static IEnumerable<string> Names => Catalog.Jobs.Select(job => job.Name).Order(StringComparer.Ordinal);

    [Test]
    public void The_five_jobs_are_found_without_a_list() => Assert.That(
        Names,
        Is.SupersetOf(new[]
        {
            "check_expiring_sessions", "check_expiring_tokens", "run_canary", "send_notification", "sync_accounts",
        }));

    [TestCaseSource(nameof(Names))]
    public void A_job_s_name_is_verb_noun(string name) => Assert.That(name, Does.Match("^[a-z]+(_[a-z0-9]+)+$"));

    [TestCaseSource(nameof(Names))]
    public void A_job_lies_in_the_folder_of_its_domain_and_is_sealed(string name)
    {
        var type = Job(name).HandlerType;

        Assert.That(type.Namespace, Does.StartWith("Dashtam.Jobs.Core.Tasks."));
        Assert.That(type.IsSealed, Is.True);
    }

    [TestCaseSource(nameof(Names))]
    public void A_job_says_its_purpose_its_schedule_and_what_it_returns(string name)
    {
        Assert.That(JobDocstring.Problem(Job(name).HandlerType, Docs), Is.Null);
    }

    [TestCaseSource(nameof(Names))]
    public void A_job_has_a_positive_timeout_runs_at_least_once_and_a_category(string name)
    {
        var declaration = Job(name).Declaration;

        Assert.That(declaration.TimeoutSeconds, Is.GreaterThan(0));
        Assert.That(declaration.MaxRetries, Is.GreaterThan(0));
        Assert.That(declaration.Category, Does.Match("^[a-z]+$"));
    }

    [TestCase("check_expiring_tokens", "dashtam_jobs.tasks.tokens:check_expiring_tokens")]
    [TestCase("check_expiring_sessions", "dashtam_jobs.tasks.sessions:check_expiring_sessions")]
    public void A_job_of_the_Python_service_declares_the_name_that_it_has_there(string name, string pythonName)
    {
        Assert.That(Job(name).Declaration.PythonName, Is.EqualTo(pythonName));
        Assert.That(Job(pythonName), Is.SameAs(Job(name)));
    }

    [TestCaseSource(nameof(Names))]
    public void A_job_s_schedule_can_be_read_and_fires_again(string name)
    {
        var schedules = Catalog.Schedules.Where(schedule => schedule.JobName == name).ToList();

        Assert.That(schedules, Has.Count.EqualTo(Job(name).Declaration.Schedule is null ? 0 : 1));
        Assert.That(
            () => schedules.ForEach(schedule => ScheduleCatalog.Read(schedule, TimeProvider.System.GetUtcNow())), Throws.Nothing);
    }

    [Test]
    public void A_schedule_comes_from_its_setting()
    {
        var catalog = CatalogWith(("TOKEN_CHECK_CRON", " 0 3 * * * "));

        Assert.That(
            catalog.Schedules.Single(schedule => schedule.JobName == "check_expiring_tokens"),
            Is.EqualTo(new JobSchedule(
                "check_expiring_tokens", "check_expiring_tokens", "0 3 * * *", "UTC", "TOKEN_CHECK_CRON")));
    }

    [Test]
    public void A_job_whose_settings_are_missing_is_not_offered() =>
        Assert.That(CatalogWith().Find("sync_accounts"), Is.Null);

    private static JobCatalog CatalogWith(params (string Name, string Value)[] settings) => new(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
            .Build(),
        NullLogger<JobCatalog>.Instance);

    public static JobDescriptor Job(string name) => Catalog.Find(name)!;
}
