// Columns that tell the split by their names or words, in tables of more than splits.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "data/texts.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::refused_texts;

namespace {

using Nodes = std::vector<Node>;

test::Texts beside_masks(const std::string& nodes, const char* file = "nodes.csv") {
  test::Texts texts{{"edges.csv", "0,1\n1,2\n2,3\n"}, {file, nodes}};
  if (std::string(file) == "features.csv") texts["labels.csv"] = "id,label\n0,a\n1,b\n2,a\n3,b\n";
  if (std::string(file) == "labels.csv") texts["features.csv"] = "1.5,2\n2,1\n3,1.5\n4,1\n";
  return texts;
}

Dataset with_masks(const std::string& nodes, const char* file = "nodes.csv") {
  return read_texts(beside_masks(nodes, file));
}

constexpr const char* mask_rows = "0,a,0.5,1,0,0\n1,b,2,1,0,0\n2,a,1,0,1,0\n3,b,3,0,0,1\n";

}  // namespace

TEST_CASE("columns named as masks in any usual way are the split and no features") {
  for (const char* names : {"train_mask,val_mask,test_mask",
                            "mask_train,mask_val,mask_test",
                            "training_mask,validation_mask,testing_mask",
                            "is_training,is_valid,is_testing",
                            "in_train,in_val,in_test",
                            "train_idx,val_idx,test_idx",
                            "split_train,split_val,split_test",
                            "train_flag,dev_flag,test_flag",
                            "trainMask,valMask,testMask",
                            "TrainMask,ValMask,TestMask",
                            "trainmask,validmask,testmask",
                            "train_mask_0,val_mask_0,test_mask_0",
                            "train,val_mask,test_mask",
                            "train,val,test",
                            "train_mask,eval_mask,test_mask",
                            "is_train,is_eval,is_test",
                            "tr_mask,va_mask,te_mask",
                            "train_mask,val_mask,holdout_mask",
                            "train,val,hold_out",
                            "fit_mask,dev_mask,te_mask",
                            "train_mask,stopping_mask,test_mask",
                            "training,early_stopping,testing",
                            "trn_mask,vld_mask,tst_mask",
                            "used_for_training,used_for_validation,used_for_testing",
                            "tr,va,te",
                            "train_mask,model_choice_mask,test_mask",
                            "train_mask,val_mask,is_other"}) {
    CAPTURE(std::string(names));
    const Dataset data = with_masks("id,label,x," + std::string(names) + "\n" + mask_rows);
    CHECK(data.feature_names == std::vector<std::string>{"x"});
    REQUIRE(data.splits.size() == 1);
    CHECK(data.splits[0].train == Nodes{0, 1});
    CHECK(data.splits[0].validation == Nodes{2});
    CHECK(data.splits[0].test == Nodes{3});
  }
  CHECK(has_note(with_masks("id,x,in_train,in_test\n0,1,True,False\n1,1,True,False\n2,1,False,True\n3,0,False,False\n",
                            "features.csv"),
                 "features.csv: columns in_train, in_test are read as the split"));
}

TEST_CASE("words that may mean a part are masks beside those of the other parts, and else features") {
  CHECK(has_note(with_masks(std::string("id,label,x,is_train,is_eval,is_test\n") + mask_rows),
                 "nodes.csv: column is_eval is read as the split, is_eval as val_mask"));
  for (const char* names : {"is_fit,va,eval", "fit,small,large", "is_stopping,on,off"}) {
    CAPTURE(std::string(names));
    const Dataset data = with_masks("id,label,x," + std::string(names) + "\n" + mask_rows);
    CHECK(data.feature_count() == 4);
    CHECK(data.splits.empty());
    CHECK_FALSE(has_note(data, "read as features"));
  }
  const Dataset masked = with_masks("id,label,fit,train_mask,val_mask,test_mask\n" + std::string(mask_rows));
  CHECK(masked.feature_names == std::vector<std::string>{"fit"});
  const Dataset bits =
      with_masks("id,label,fit,train_mask,val_mask,eval\n0,a,1,1,0,0\n1,b,0,1,0,1\n2,a,1,0,1,0\n3,b,1,0,1,0\n");
  CHECK(bits.feature_names == std::vector<std::string>{"fit", "eval"});
  CHECK(bits.splits.at(0).train == Nodes{0, 1});
  CHECK(has_note(bits, "nodes.csv: read as features: fit, eval; a split is a column split"));
}

TEST_CASE("a column that completes the masks is noted, and is a mask where it has the name of one") {
  const std::string rows = mask_rows;
  CHECK(has_note(with_masks("id,label,x,train_mask,is_other,test_mask\n" + rows),
                 "nodes.csv: column is_other is 1 at all labelled nodes that the masks leave, and nowhere else: it is "
                 "read as the val_mask"));
  const Dataset noted = with_masks("id,label,x,train_mask,late,test_mask\n" + rows);
  CHECK(noted.feature_count() == 2);
  CHECK(has_note(noted,
                 "column late is 1 at all labelled nodes that the masks leave, and nowhere else: where it is a "
                 "part of the split, name it val_mask"));
  const Dataset none = with_masks("id,label,x,train_mask,unused_mask,test_mask\n" + rows);
  CHECK(none.splits.at(0).validation.empty());
  CHECK(has_note(none, "where it is a part of the split, name it val_mask"));
  CHECK(has_note(with_masks("id,label,x,train_mask,late_mask\n0,a,1,1,0\n1,b,1,1,0\n2,a,1,0,1\n3,b,2,0,1\n"),
                 "name it val_mask or test_mask"));
}

TEST_CASE("split.csv takes the same names, and its messages name the column") {
  const auto with_split = [](const std::string& header) {
    test::Texts texts = beside_masks("id,label,x\n0,a,1\n1,b,2\n2,a,2\n3,b,1\n");
    texts["split.csv"] = "id," + header + "\n0,1,0,0\n1,1,0,0\n2,0,1,0\n3,0,0,1\n";
    return texts;
  };
  for (const char* names : {"train_mask,eval_mask,test_mask", "tr,va,te", "fit,eval,holdout", "train,test,is_other"}) {
    CAPTURE(std::string(names));
    CHECK(read_texts(with_split(names)).splits.at(0).train == Nodes{0, 1});
  }
  refused_texts(
      with_split("first,second,third"),
      "split.csv: line 2: column 'first': got '1', want train, val, test or none: masks are called train_mask, "
      "val_mask, test_mask");
}

TEST_CASE("masks may hold T and F, or Y and N") {
  CHECK(with_masks("id,label,x,in_train,in_test\n0,a,1,Y,N\n1,b,2,y,n\n2,a,1,N,Y\n3,b,2,N,Y\n").splits.at(0).train ==
        Nodes{0, 1});
  CHECK(with_masks("id,label,x,train_mask,test_mask\n0,a,1,T,F\n1,b,2,t,f\n2,a,1,F,T\n3,b,2,F,T\n").splits.size() == 1);
}

TEST_CASE("numbered masks are several splits, in the order of their numbers") {
  const Dataset data = with_masks(
      "id,label,x,train_mask_10,train_mask_2,test_mask_10,test_mask_2\n"
      "0,a,1,1,0,0,1\n1,b,2,1,0,0,1\n2,a,2,0,1,1,0\n3,b,1,0,1,1,0\n");
  REQUIRE(data.splits.size() == 2);
  CHECK(data.splits[0].train == Nodes{2, 3});
  CHECK(data.splits[1].train == Nodes{0, 1});
}

TEST_CASE("masks without those of the training nodes, or twice, are refused by name") {
  refused_texts(
      beside_masks("id,label,x,in_test\n0,a,1,1\n1,b,2,0\n2,a,2,0\n3,b,1,0\n"),
      "nodes.csv: the column 'in_test' is by its name a mask of test, and there is none of the training nodes "
      "beside it, want train_mask, too; where it is a feature, give it another name");
  refused_texts(beside_masks("id,label,x,train_mask,is_train\n0,a,1,1,1\n1,b,2,0,0\n2,a,2,0,0\n3,b,1,0,0\n"),
                "the columns 'train_mask' and 'is_train' are both the mask of train");
  refused_texts(beside_masks("id,label,x,train_mask_0,val_mask_1\n0,a,1,1,0\n1,b,2,0,0\n2,a,2,0,0\n3,b,1,0,0\n"),
                "want train_mask_1, too");
}

TEST_CASE("other numbers under such names are features, with a note") {
  CHECK(has_note(with_masks("id,label,x,subset\n0,a,1,0\n1,b,2,0\n2,a,2,1\n3,b,1,2\n"), "read as features: subset"));
  const Dataset data = with_masks("id,label,test_idx,cv_fold,valid\n0,a,7,0,0\n1,b,2,1,1\n2,a,5,2,1\n3,b,1,3,0\n");
  CHECK(data.feature_count() == 3);
  CHECK(has_note(data, "nodes.csv: read as features: test_idx, cv_fold, valid; a split is a column split"));
}

TEST_CASE("a column of train, val and test is the split under any name") {
  const std::string rows = "0,a,1,train\n1,b,2,Train\n2,a,2,valid\n3,b,1,test\n";
  const Dataset data = with_masks("id,label,x,set\n" + rows);
  REQUIRE(data.splits.size() == 1);
  CHECK(data.splits[0].validation == Nodes{2});
  CHECK(has_note(data, "nodes.csv: columns of train, val and test alone are read as the split: set"));
  const Dataset held = with_masks("id,label,x,set\n0,a,1,fit\n1,b,2,fit\n2,a,2,eval\n3,b,1,hold-out\n");
  CHECK(held.splits.at(0).test == Nodes{3});
  const Dataset sets =
      with_masks("id,label,x,subset\n0,a,1,train_set\n1,b,2,Training data\n2,a,2,val-set\n3,b,1,testset\n");
  CHECK(sets.splits.at(0).train == Nodes{0, 1});
  CHECK(with_masks("id,x,phase\n0,1,train\n1,2,train\n2,2,valid\n3,1,test\n", "features.csv").splits.size() == 1);
  CHECK(with_masks("id,label,set\n0,a,train\n1,b,train\n2,a,valid\n3,b,test\n", "labels.csv").splits.size() == 1);
  CHECK(
      has_note(with_masks("id,class,x\n0,train,1\n1,train,3\n2,val,1\n3,test,1\n"),
               "nodes.csv: column class, the label, holds train, val and test alone: where it is the split, name it"));
  CHECK(with_masks("id,set\n0,train\n1,test\n2,train\n3,test\n", "labels.csv").classes() == 2);
}

TEST_CASE("train, val and test beside labels are the split") {
  const Dataset words =
      with_masks("id,label,train,val,test\n0,a,1,0,0\n1,b,1,0,0\n2,a,0,1,0\n3,b,0,0,1\n", "labels.csv");
  REQUIRE(words.splits.size() == 1);
  CHECK(words.splits[0].test == Nodes{3});
  const Dataset hot =
      with_masks("id,cat,dog,train,val,test\n0,1,0,1,0,0\n1,0,1,1,0,0\n2,1,0,0,1,0\n3,0,1,0,0,1\n", "labels.csv");
  CHECK(hot.class_names == std::vector<std::string>{"cat", "dog"});
  CHECK(hot.splits.size() == 1);
}
