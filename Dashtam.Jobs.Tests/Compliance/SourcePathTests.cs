using Dashtam.Jobs.Docs.Sources;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>A file that is moved is moved on the pages that name it, too.</summary>
[Category("Unit")]
internal sealed class SourcePathTests
{
    [Test]
    public void Each_path_and_link_in_the_documentation_leads_to_a_file() =>
        Assert.That(SourceCheck.Find(Repository.Read(Sources.Root)), Is.Empty, "Correct the path where it is named");
}
